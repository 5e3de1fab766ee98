/** Runs the cases of a system's alerts through promtool, in one process. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { keyOf, type Alert } from "../../../components/monitoring/alert";
import {
  alertingRule,
  ruleFile,
  type RecordingRule,
  type RuleArgs,
  type RuleGroup,
} from "../../../components/monitoring/alert-rules";
import { CommandFailed } from "../../../lab/command";
import type { AlertCase, AlertCases } from "./alert-case";
import { runProgram } from "./prometheus-programs";
import { groupsOf, type UnderTest } from "./timeline";

export interface AlertsUnderTest {
  readonly alerts: readonly Alert[];
  /** Rules of all alerts: the recording rules that an alert needs are in its group. */
  readonly groups: readonly RuleGroup[];
  readonly args: RuleArgs;
  readonly cases: AlertCases;
}

/** Tests all cases. Returns promtool's complaints by the key of the alert; without any there is no entry. */
export async function complaintsOf({ alerts, groups, args, cases }: AlertsUnderTest): Promise<Map<string, string>> {
  const directory = mkdtempSync(join(tmpdir(), "runsheet-alerts-"));
  try {
    const tested = alerts.filter((alert) => cases[keyOf(alert)]);
    const files = tested.map((alert, index) => {
      const each = cases[keyOf(alert)]!;
      const [rules, test] = [join(directory, `${index}.rules.yaml`), join(directory, `${index}.test.yaml`)];
      writeFileSync(rules, ruleFile([ruleOf(alert, groups, args)]));
      writeFileSync(test, stringify(testFile(rules, alert, each, args), { aliasDuplicateObjects: false }));
      return test;
    });
    const output = await runProgram("promtool", ["test", "rules", ...files]).catch((error: unknown) => {
      if (error instanceof CommandFailed) return error.output;
      throw error;
    });
    return new Map(
      tested.flatMap((alert, index) => {
        const [, result = ""] = output.split(`Unit Testing:  ${files[index]!}\n`);
        const complaint = result.split("Unit Testing:")[0]!;
        return /^\s*SUCCESS\s*$/.test(complaint) ? [] : [[keyOf(alert), complaint || output] as const];
      }),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Group with the one alert, and with the recording rules before it. */
function ruleOf(alert: Alert, groups: readonly RuleGroup[], args: RuleArgs): RuleGroup {
  const rule = alertingRule(alert, args);
  const group = groups.find(({ rules }) => rules.some((each) => JSON.stringify(each) === JSON.stringify(rule)));
  if (!group) throw new Error(`${keyOf(alert)} is in no group`);
  return { name: group.name, rules: [...group.rules.filter((each): each is RecordingRule => "record" in each), rule] };
}

const testFile = (rules: string, alert: Alert, each: AlertCase, args: RuleArgs) => ({
  rule_files: [rules],
  evaluation_interval: `${each.step ?? 1}m`,
  tests: groupsOf(underTest(alert, each, args), each),
});

const underTest = (alert: Alert, each: AlertCase, { system, namespace, runbookBaseUrl }: RuleArgs): UnderTest => ({
  name: alert.name,
  namespace,
  fired: (description, labels = {}) => ({
    exp_labels: {
      ...labels,
      ...alert.labels,
      ...(each.role && { role: each.role }),
      severity: alert.severity,
      system,
      namespace,
      channels: each.channels,
    },
    exp_annotations: {
      summary: alert.summary,
      description,
      runbook_url: `${runbookBaseUrl}/docs/runbooks/${each.runbook}`,
    },
  }),
});
