/** The list of every alert with its tests: a change of an alert is reviewed there. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keyOf } from "../../components/monitoring/alert";
import { commandAlerts } from "../../components/monitoring/command-alerts";
import { platformAlerts } from "../../components/monitoring/platform-alerts";
import { ofSystem } from "../../components/monitoring/system-rules";
import { names } from "../../systems";
import { systemAlerts } from "../../systems/alerts";
import { listOf, logListOf } from "../support/alerts/list";
import { cloudnativepgCases, commandCases } from "./components/monitoring/platform-cases";
import { systemCases } from "./systems/alert-cases";
import { logAlertCases } from "./systems/log-alert-cases";

const namespace = "NAMESPACE";
const channels = { critical: ["pagerduty", "slack"], warning: ["slack"], info: ["slack"] } as const;

const parts = [
  ...names.map((name) => {
    const declared = systemAlerts[name]!(namespace);
    return [name, ofSystem(declared, namespace), systemCases[name]!, declared.channels] as const;
  }),
  [
    "every system (channels as PM Intelligence has them)",
    platformAlerts({ namespace, database: "cloudnativepg" }),
    cloudnativepgCases,
    channels,
  ] as const,
  [
    "of stacks that promise a search for drift each day, and a drill within 35 days",
    commandAlerts(namespace, { driftHours: 24, drillDays: 35 }),
    commandCases,
    channels,
  ] as const,
];

test("the list of alerts and their tests is as reviewed", () => {
  const file = join(__dirname, "..", "golden", "alerts.txt");
  const onLogs = names.flatMap((name) =>
    logListOf(name, namespace, systemAlerts[name]!(namespace), logAlertCases[name]!),
  );
  const list = [...parts.flatMap((part) => listOf(...part)), "# on logs", "", ...onLogs].join("\n");
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, list);
  expect(list).toBe(readFileSync(file, "utf8"));
});

test.each(parts)("no alert of %s is without a test", (_, alerts, cases) => {
  expect(alerts.map(keyOf).filter((key) => cases[key] === undefined)).toEqual([]);
});

test.each(names)("no alert on logs of %s is without a test, and no test without an alert", (name) => {
  const alerts = systemAlerts[name]!(namespace).logAlerts ?? [];
  expect(Object.keys(logAlertCases[name]!)).toEqual(alerts.map(keyOf));
});
