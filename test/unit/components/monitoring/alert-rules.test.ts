/** Rules of all systems as files that Prometheus takes, and what each rule has to have. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keyOf, type Alert } from "../../../../components/monitoring/alert";
import {
  alertingRule,
  anchorOf,
  channelsLabel,
  prometheusRuleSpec,
  ruleFile,
  ruleGroup,
} from "../../../../components/monitoring/alert-rules";
import { allAlerts, systemRuleGroups } from "../../../../components/monitoring/system-rules";
import { names } from "../../../../systems";
import { systemAlerts } from "../../../../systems/alerts";
import { runProgram } from "../../../support/alerts/prometheus-programs";
import { outsideOf } from "../../../support/alerts/selectors";

const alert: Alert = {
  name: "PmDiskSpaceLow",
  expr: 'free_bytes{namespace="team-pm"} < 1',
  for: "5m",
  severity: "critical",
  summary: "A volume is almost full.",
  description: "{{ $value }} bytes are free.",
  threshold: "below a byte",
  heading: "1. Configure Alerts",
};
const args = {
  system: "pm",
  namespace: "team-pm",
  runbookBaseUrl: "https://example.com/runsheet",
  channels: { critical: ["slack", "pagerduty"], warning: ["slack"], info: ["email"] },
} as const;

test("a rule has the labels that routes need, and the link to its heading", () => {
  expect(alertingRule(alert, args)).toEqual({
    alert: "PmDiskSpaceLow",
    expr: 'free_bytes{namespace="team-pm"} < 1',
    for: "5m",
    labels: { severity: "critical", system: "pm", namespace: "team-pm", channels: "pagerduty-slack" },
    annotations: {
      summary: "A volume is almost full.",
      description: "{{ $value }} bytes are free.",
      runbook_url: "https://example.com/runsheet/docs/runbooks/pm.md#1-configure-alerts",
    },
  });
});

test("channels of the runbook come before the severity's; a role and labels are labels", () => {
  const { labels } = alertingRule({ ...alert, channels: ["email"], role: "cause", labels: { slo: "disk" } }, args);
  expect(labels).toEqual({
    slo: "disk",
    role: "cause",
    severity: "critical",
    system: "pm",
    namespace: "team-pm",
    channels: "email",
  });
});

test("a rule file and a PrometheusRule have the same groups, without empty ones", () => {
  const groups = [ruleGroup("runbook", [alert], args), ruleGroup("platform", [], args)];
  expect(prometheusRuleSpec(groups)).toEqual({
    groups: [{ name: "pm.runbook", rules: [alertingRule(alert, args)] }],
  });
  expect(ruleFile(groups).split("\n").slice(0, 6)).toEqual([
    "groups:",
    "  - name: pm.runbook",
    "    rules:",
    "      - alert: PmDiskSpaceLow",
    '        expr: free_bytes{namespace="team-pm"} < 1',
    "        for: 5m",
  ]);
});

test.each([
  ["Alert Rules", "alert-rules"],
  ["2. Monitor Key Metrics", "2-monitor-key-metrics"],
  ["Production Monitoring (24 hours)", "production-monitoring-24-hours"],
  ["Backup & Disaster Recovery", "backup--disaster-recovery"],
])("the anchor of %j is %s", (heading, anchor) => {
  expect(anchorOf(heading)).toBe(anchor);
});

test("the label of channels has one order", () => {
  expect(channelsLabel(["email", "slack", "pagerduty"])).toBe("pagerduty-slack-email");
});

test("a selector without the namespace is found", () => {
  const expr = 'sum by (pod) (a{namespace="one"}) / b{pod="x",namespace="one"} > 1 and c offset 1d or vector(0)';
  expect(outsideOf("one", expr)).toEqual(['b{pod="x",namespace="one"}', "c"]);
});

test("a full Redis is no alert where it is a cache, and is one elsewhere", () => {
  const having = names.filter((system) => {
    const groups = systemRuleGroups(systemAlerts[system]!(system), { ...args, system, database: "cloudnativepg" });
    return groups.some(({ rules }) => rules.some((rule) => "alert" in rule && rule.alert === "RedisMemoryHigh"));
  });
  expect(having).toEqual(["prism", "omniops", "mued", "pm"]);
  const routed = allAlerts(systemAlerts["ai-backend"]!("one"), { namespace: "one", database: "cloudnativepg" });
  expect(routed.map(({ name }) => name)).not.toContain("RedisMemoryHigh");
});

test("alerts of every system lead to the document that they share", () => {
  const groups = systemRuleGroups(systemAlerts.pm!("one"), { ...args, database: "cloudnativepg" });
  const links = groups.map(({ name, rules }) => [
    name,
    ...new Set(rules.flatMap((rule) => ("alert" in rule ? rule.annotations.runbook_url!.replace(/#.*/, "") : []))),
  ]);
  expect(links).toEqual([
    ["pm.runbook", "https://example.com/runsheet/docs/runbooks/pm.md"],
    ["pm.platform", "https://example.com/runsheet/docs/runbooks/every-system.md"],
  ]);
});

describe.each(names)("rules of %s", (system) => {
  const namespace = `team-${system}`;
  const declared = systemAlerts[system]!(namespace);
  const base = { ...args, system, namespace };

  test.each(["cloudnativepg", "postgres_exporter"] as const)("promtool takes them, with %s", async (database) => {
    const directory = mkdtempSync(join(tmpdir(), "runsheet-rules-"));
    try {
      const file = join(directory, `${system}.yaml`);
      const groups = systemRuleGroups(declared, { ...base, database });
      writeFileSync(file, ruleFile(groups));
      const rules = groups.reduce((sum, group) => sum + group.rules.length, 0);
      expect(await runProgram("promtool", ["check", "rules", "--lint=all", "--lint-fatal", file])).toBe(
        `Checking ${file}\n  SUCCESS: ${rules} rules found\n\n`,
      );
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  test("every selector has the namespace", () => {
    const groups = systemRuleGroups(declared, { ...base, database: "cloudnativepg" });
    const outside = groups.flatMap(({ rules }) => rules.flatMap(({ expr }) => outsideOf(namespace, expr)));
    expect(outside).toEqual([]);
  });

  test("each alert has a name of its own, and a value in its description only", () => {
    const alerts = allAlerts(declared, { namespace, database: "cloudnativepg" });
    expect(new Set(alerts.map(keyOf)).size).toBe(alerts.length);
    expect(alerts.map(({ name }) => name).filter((name) => !/^([A-Z][a-z0-9]+)+$/.test(name))).toEqual([]);
    expect(alerts.filter(({ description }) => !description.includes("{{ $value")).map(keyOf)).toEqual([]);
    expect(alerts.filter(({ summary }) => summary.includes("{{")).map(keyOf)).toEqual([]);
  });
});
