/** Each of the platform's alerts by promtool: below its threshold, above it for too short, for long enough, and back. */
import { keyOf, type Alert } from "../../../../components/monitoring/alert";
import { ruleGroup } from "../../../../components/monitoring/alert-rules";
import { commandAlerts, commandMetrics } from "../../../../components/monitoring/command-alerts";
import { platformAlerts, platformPage, type Promises } from "../../../../components/monitoring/platform-alerts";
import type { AlertCases } from "../../../support/alerts/alert-case";
import { complaintsOf } from "../../../support/alerts/promtool";
import { cloudnativepgCases, commandCases, postgresExporterCases } from "./platform-cases";

const namespace = "team-pm";
const args = {
  namespace,
  system: "pm",
  page: platformPage,
  runbookBaseUrl: "https://example.com/runsheet",
  channels: { critical: ["pagerduty", "slack"], warning: ["slack"], info: ["slack"] },
} as const;
const ofCommands = commandAlerts(namespace, { driftHours: 24, drillDays: 35 });

describe.each<[string, Alert[], AlertCases]>([
  ["of CloudNativePG", platformAlerts({ namespace, database: "cloudnativepg" }), cloudnativepgCases],
  ["of postgres_exporter", platformAlerts({ namespace, database: "postgres_exporter" }), postgresExporterCases],
  ["on drift and drills", ofCommands, commandCases],
])("alerts %s", (_, alerts, cases) => {
  let complaints: ReadonlyMap<string, string>;
  beforeAll(async () => {
    complaints = await complaintsOf({ alerts, groups: [ruleGroup("platform", alerts, args)], args, cases });
  });

  test("each alert has a case, and each case an alert", () => {
    expect(Object.keys(cases).sort()).toEqual(alerts.map(keyOf).sort());
  });

  test.each(alerts.map((alert) => [keyOf(alert), alert] as const))("%s", (key, alert) => {
    expect(complaints.get(key)).toBeUndefined();
    expect(alert.for).toBe(cases[key]!.for);
  });
});

test("alerts on drift and drills ask for each metric that a command writes", () => {
  const asked = ofCommands.map(({ expr }) => /runsheet_\w+/.exec(expr)?.[0]);
  expect(asked.sort()).toEqual(Object.keys(commandMetrics).sort());
});

test.each<[Promises, string[]]>([
  [{}, []],
  [{ driftHours: 2 }, ["DriftFound", "DriftNotSearched"]],
  [{ drillDays: 2 }, ["DrillOverdue", "DrillFailed"]],
])("with the promises %j a stack has of them %j", (promises, expected) => {
  const rules = platformAlerts({ namespace, database: "cloudnativepg", promises });
  expect(rules.filter(({ expr }) => expr.includes("runsheet_")).map(({ name }) => name)).toEqual(expected);
});

test.each<[keyof Promises, string, string, string]>([
  ["baseBackupHours", "BackupTooOld", "7200", "2 h"],
  ["dumpHours", "DumpTooOld", "7200", "2 h"],
  ["restoreTestHours", "RestoreTestTooOld", "7200", "2 h"],
  ["driftHours", "DriftNotSearched", "7200", "2 h"],
  ["drillDays", "DrillOverdue", "172800", "2 days"],
])("a stack's own %s is the limit of %s", (promise, name, seconds, words) => {
  const alerts = platformAlerts({ namespace, database: "cloudnativepg", promises: { [promise]: 2 } });
  const { expr, threshold } = alerts.find((alert) => alert.name === name)!;
  expect(/ > (\d+)( or .*)?$/.exec(expr)?.[1]).toBe(seconds);
  expect(threshold).toContain(words);
});
