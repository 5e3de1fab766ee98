/** Each of the platform's alerts by promtool: below its threshold, above it for too short, for long enough, and back. */
import { keyOf, type Alert } from "../../../../components/monitoring/alert";
import { ruleGroup } from "../../../../components/monitoring/alert-rules";
import { alertsWithoutSource, missingMetrics } from "../../../../components/monitoring/alerts-without-source";
import type { Promises } from "../../../../components/monitoring/backup-alerts";
import { platformAlerts, platformPage } from "../../../../components/monitoring/platform-alerts";
import type { AlertCases } from "../../../support/alerts/alert-case";
import { complaintsOf } from "../../../support/alerts/promtool";
import { casesWithoutSource, cloudnativepgCases, postgresExporterCases } from "./platform-cases";

const namespace = "team-pm";
const args = {
  namespace,
  system: "pm",
  page: platformPage,
  runbookBaseUrl: "https://example.com/runsheet",
  channels: { critical: ["pagerduty", "slack"], warning: ["slack"], info: ["slack"] },
} as const;
const withoutSource = alertsWithoutSource(namespace);

describe.each<[string, Alert[], AlertCases]>([
  ["of CloudNativePG", platformAlerts({ namespace, database: "cloudnativepg" }), cloudnativepgCases],
  ["of postgres_exporter", platformAlerts({ namespace, database: "postgres_exporter" }), postgresExporterCases],
  ["without a source", withoutSource, casesWithoutSource],
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

test("alerts without a source are in no stack, and name each metric that is missing", () => {
  const rules = platformAlerts({ namespace, database: "cloudnativepg" }).map(({ expr }) => expr);
  expect(rules.filter((expr) => expr.includes("runsheet_"))).toEqual([]);
  const named = withoutSource.map(({ expr }) => /runsheet_\w+/.exec(expr)?.[0]);
  expect(named.sort()).toEqual(Object.keys(missingMetrics).sort());
});

test.each<[keyof Promises, string, string]>([
  ["baseBackupHours", "BackupTooOld", "> 7200"],
  ["dumpHours", "DumpTooOld", "> 7200"],
  ["restoreTestHours", "RestoreTestTooOld", "> 7200"],
])("a stack's own %s is the limit of %s", (promise, name, end) => {
  const alerts = platformAlerts({ namespace, database: "cloudnativepg", promises: { [promise]: 2 } });
  const { expr, threshold } = alerts.find((alert) => alert.name === name)!;
  expect(expr.slice(-end.length)).toBe(end);
  expect(threshold).toContain("2 h");
});
