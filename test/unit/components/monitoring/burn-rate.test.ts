/** Rules on the error budget of an objective. What they do is tested with the systems that have objectives. */
import { burnRateAlerts, burnRateGroups, type Objective } from "../../../../components/monitoring/burn-rate";

const objective: Objective = {
  name: "availability",
  target: 0.999,
  bad: "the requests failed",
  heading: "Recovery Time Objectives",
  severity: { fast: "critical", slow: "warning" },
  measured: {
    bad: (window) => `sum(rate(errors{namespace="one"}[${window}]))`,
    all: (window) => `sum(rate(requests{namespace="one"}[${window}]))`,
  },
};
const args = {
  system: "omniops",
  namespace: "one",
  runbookBaseUrl: "https://example.com",
  channels: { critical: ["pagerduty"], warning: ["slack"], info: ["slack"] },
} as const;

test("two pairs of windows are fast, and two are slow", () => {
  const alerts = burnRateAlerts("ErrorBudgetBurn", objective, "one");
  expect(alerts.map(({ severity, labels, expr }) => [severity, labels!.long, labels!.short, expr])).toEqual(
    [
      ["critical", "1h", "5m", 0.0144, 3600],
      ["critical", "6h", "30m", 0.006, 21_600],
      ["warning", "1d", "2h", 0.003, 86_400],
      ["warning", "3d", "6h", 0.001, 259_200],
    ].map(([severity, long, short, limit, seconds]) => [
      severity,
      long,
      short,
      `slo:sli_error:ratio_rate${long}{namespace="one",slo="availability"} > ${limit}` +
        ` and slo:sli_error:ratio_rate${short}{namespace="one",slo="availability"} > ${limit}` +
        ` and on () ${seconds} * sum(rate(errors{namespace="one"}[${long}])) >= 10`,
    ]),
  );
});

test("each window is recorded before the alerts", () => {
  const [group] = burnRateGroups("ErrorBudgetBurn", [objective], args);
  expect(group!.name).toBe("omniops.slo.availability");
  expect(group!.rules.map((rule) => ("record" in rule ? rule.record : rule.alert))).toEqual([
    "slo:sli_error:ratio_rate5m",
    "slo:sli_error:ratio_rate30m",
    "slo:sli_error:ratio_rate1h",
    "slo:sli_error:ratio_rate2h",
    "slo:sli_error:ratio_rate6h",
    "slo:sli_error:ratio_rate1d",
    "slo:sli_error:ratio_rate3d",
    ...Array<string>(4).fill("ErrorBudgetBurn"),
  ]);
  expect(group!.rules[0]).toEqual({
    record: "slo:sli_error:ratio_rate5m",
    expr: 'sum(rate(errors{namespace="one"}[5m])) / sum(rate(requests{namespace="one"}[5m]))',
    labels: { system: "omniops", namespace: "one", slo: "availability" },
  });
});

test("an objective on time records whether it is bad first", () => {
  const onTime = { ...objective, name: "memory", measured: { badWhile: 'used{namespace="one"} > bool 0.8' } };
  const [group] = burnRateGroups("ErrorBudgetBurn", [onTime], args);
  const labels = { system: "omniops", namespace: "one", slo: "memory" };
  expect(group!.rules.slice(0, 2)).toEqual([
    { record: "slo:sli_bad:bool", expr: 'used{namespace="one"} > bool 0.8', labels },
    {
      record: "slo:sli_error:ratio_rate5m",
      expr: 'avg_over_time(slo:sli_bad:bool{namespace="one",slo="memory"}[5m])',
      labels,
    },
  ]);
});

test("a target whose alert could never fire is refused", () => {
  expect(() => burnRateAlerts("ErrorBudgetBurn", { ...objective, target: 0.8 }, "one")).toThrow(
    "availability: the target 0.8 allows more than a burn rate of 14.4",
  );
});
