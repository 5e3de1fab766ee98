/** Each alert of each runbook by promtool: below its threshold, above it for too short, for long enough, and back. */
import { keyOf } from "../../../components/monitoring/alert";
import { ofSystem, systemRuleGroups } from "../../../components/monitoring/system-rules";
import { names } from "../../../systems";
import { systemAlerts } from "../../../systems/alerts";
import { complaintsOf } from "../../support/alerts/promtool";
import { systemCases } from "./alert-cases";

describe.each(names)("alerts of %s", (system) => {
  const namespace = `team-${system}`;
  const declared = systemAlerts[system]!(namespace);
  const base = {
    namespace,
    system,
    runbookBaseUrl: "https://example.com/runsheet",
    database: "cloudnativepg" as const,
  };
  const args = { ...base, channels: declared.channels };
  const cases = systemCases[system]!;
  const alerts = ofSystem(declared, namespace);

  let complaints: ReadonlyMap<string, string>;
  beforeAll(async () => {
    complaints = await complaintsOf({ alerts, groups: systemRuleGroups(declared, base), args, cases });
  });

  test("each alert has a case, and each case an alert", () => {
    expect(Object.keys(cases).sort()).toEqual(alerts.map(keyOf).sort());
  });

  test.each(alerts.map((alert) => [keyOf(alert), alert] as const))("%s", (key, alert) => {
    expect(complaints.get(key)).toBeUndefined();
    expect(alert.for).toBe(cases[key]!.for);
  });
});

test("the AI Backend's alerts use the metrics that its application has", () => {
  const metrics = { latencyMetric: "answer_seconds", requestsMetric: "answers_total" };
  const alerts = ofSystem(systemAlerts["ai-backend"]!("one", metrics), "one");
  const exprOf = (name: string) => alerts.find((alert) => alert.name === name)!.expr;
  expect(exprOf("AiBackendResponseTimeHigh")).toContain("rate(answer_seconds_bucket{");
  expect(exprOf("AiBackendErrorRateHigh")).toContain("rate(answers_total{");
});
