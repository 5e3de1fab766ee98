/** Rules from alerts on logs, in the languages of both stores. */
import { parse } from "yaml";
import { logAlert, type CountedLines } from "../../../../components/monitoring/log-alert";
import { logQl, logsQl, lokiRules, vmalertRules } from "../../../../components/monitoring/log-rules";
import { names } from "../../../../systems";
import { systemAlerts } from "../../../../systems/alerts";
import { logQlErrors } from "../../../support/alerts/logql";

const channels = { critical: ["pagerduty"], warning: ["slack"], info: [] } as const;
const args = { system: "demo", namespace: "team-demo", channels, runbookBaseUrl: "https://example.com/" };

const alertOn = (lines: CountedLines) =>
  logAlert({
    ...{ name: "DemoErrorsLogged", lines, moreThan: 20, minutes: 5, for: "1m", severity: "warning" },
    ...{ summary: "Many errors.", heading: "Watch error logs" },
  });

const cases: readonly (readonly [string, CountedLines, string, string])[] = [
  [
    "all workloads",
    { level: "error" },
    '_time:5m {system="demo"} severity_number:>=17 | stats by (workload) count() lines | filter lines:>20',
    'sum by (workload) (count_over_time({k8s_namespace_name="team-demo"} | system="demo" | kind!~"audit|security"' +
      " | severity_number >= 17 [5m])) > 20",
  ],
  [
    "a kind",
    { level: "warning", kind: "security" },
    '_time:5m {system="demo",kind="security"} severity_number:>=13 | stats by (workload) count() lines | filter lines:>20',
    'sum by (workload) (count_over_time({k8s_namespace_name="team-demo"} | system="demo" | kind="security"' +
      " | severity_number >= 13 [5m])) > 20",
  ],
  [
    "stderr of a workload",
    { level: "error", stderr: true, workload: "demo-worker" },
    '_time:5m {system="demo",workload="demo-worker"} (severity_number:>=17 or "log.iostream":="stderr")' +
      " | stats by (workload) count() lines | filter lines:>20",
    'sum by (workload) (count_over_time({k8s_namespace_name="team-demo"} | system="demo" | workload="demo-worker"' +
      ' | kind!~"audit|security" | severity_number >= 17 or log_iostream="stderr" [5m])) > 20',
  ],
];

test.each(cases)("%s in both languages", (_, lines, inLogsQl, inLogQl) => {
  expect(logsQl(alertOn(lines), args)).toBe(inLogsQl);
  expect(logQl(alertOn(lines), args)).toBe(inLogQl);
});

test("the threshold and the description say what is counted", () => {
  const { threshold, description } = alertOn({ level: "warning", stderr: true, kind: "security" });
  expect(threshold).toBe(
    "more than 20 warnings and errors or lines on stderr of the security log of a workload in 5 minutes",
  );
  expect(description).toBe(
    "{{ $labels.workload }} wrote {{ $value }} warnings and errors or lines on stderr of the security log in 5 minutes.",
  );
});

const systems = [
  { alerts: [alertOn({ level: "error" }), { ...alertOn({ level: "error", kind: "audit" }), name: "Audits" }], args },
  { alerts: [], args: { ...args, system: "silent" } },
];

test("a rule has the labels and annotations that those of Prometheus have", () => {
  const labels = { severity: "warning", system: "demo", namespace: "team-demo", channels: "slack" };
  const annotations = {
    summary: "Many errors.",
    description: "{{ $labels.workload }} wrote {{ $value }} errors in 5 minutes.",
    runbook_url: "https://example.com/docs/runbooks/demo.md#watch-error-logs",
  };
  const rule = { alert: "DemoErrorsLogged", for: "1m", annotations };
  expect(parse(vmalertRules(systems, "output")!)).toEqual({
    groups: [
      {
        name: "demo.logs",
        type: "vlogs",
        rules: [{ ...rule, expr: cases[0]![2], labels: { ...labels, stats_result: "" } }],
      },
    ],
  });
  const { groups } = parse(lokiRules(systems)!) as { groups: { name: string; rules: object[] }[] };
  expect(groups.map(({ name }) => name)).toEqual(["demo.logs"]);
  expect(groups[0]!.rules[0]).toEqual({ ...rule, expr: cases[0]![3], labels });
  expect(groups[0]!.rules.length).toBe(2);
});

test("an alert on audits is for their store alone", () => {
  const alertsOf = (store: "output" | "audit") =>
    (parse(vmalertRules(systems, store)!) as { groups: { rules: { alert: string }[] }[] }).groups.flatMap(({ rules }) =>
      rules.map(({ alert }) => alert),
    );
  expect([alertsOf("output"), alertsOf("audit")]).toEqual([["DemoErrorsLogged"], ["Audits"]]);
});

test("without alerts there is no rule file", () => {
  expect([vmalertRules(systems.slice(1), "output"), lokiRules(systems.slice(1))]).toEqual([undefined, undefined]);
});

describe.each(names)("alerts on logs of %s", (system) => {
  const alerts = systemAlerts[system]!("one").logAlerts ?? [];

  test("Grafana's parser reads each in LogQL", () => {
    const errors = alerts.flatMap((alert) => logQlErrors(logQl(alert, { system, namespace: "one" })));
    expect(errors).toEqual([]);
  });
});

test("the parser finds an error", () => {
  expect(logQlErrors('sum by (workload) (count_over_time({a="b"} | severity_number >= [5m])) > 20')).not.toEqual([]);
});
