/**
 * Alerts on how fast an objective's error budget is used up, over several windows: "The Site Reliability Workbook:
 * Alerting on SLOs". The names of the recording rules are those of the generator Sloth, so that its dashboards work.
 */
import type { Alert, Severity } from "./alert";
import { alertingRule, type RecordingRule, type RuleArgs, type RuleGroup } from "./alert-rules";

/** Objective over 30 days. */
export interface Objective {
  /** Name in the label `slo`: availability. */
  readonly name: string;
  /** Share that has to be good, between 0 and 1. */
  readonly target: number;
  /** Things that are bad, for the description: "requests failed". */
  readonly bad: string;
  /** Heading of the runbook that has the objective. */
  readonly heading: string;
  /** Severities of a fast and of a slow use of the budget. */
  readonly severity: { readonly fast: Severity; readonly slow: Severity };
  /** Things of a window and the bad ones among them. Or a condition that holds while it is bad, with `bool`: 0 or 1. */
  readonly measured: Counted | { readonly badWhile: string };
}

/** Rates per second over a window, in PromQL, without labels. */
export interface Counted {
  readonly bad: (window: string) => string;
  readonly all: (window: string) => string;
}

/** Share of the things of a window that were bad. */
export const shareOf = ({ bad, all }: Counted, window: string): string => `${bad(window)} / ${all(window)}`;

interface Pair {
  readonly long: keyof typeof hours;
  readonly short: string;
  /** Multiple of the speed that uses up the budget in exactly 30 days. */
  readonly rate: number;
  readonly speed: "fast" | "slow";
  readonly for: string;
}

/** Pairs of windows: 2 % of the budget in an hour, 5 % in six hours, 10 % in a day, 10 % in three days. */
export const pairs: readonly Pair[] = [
  { long: "1h", short: "5m", rate: 14.4, speed: "fast", for: "2m" },
  { long: "6h", short: "30m", rate: 6, speed: "fast", for: "15m" },
  { long: "1d", short: "2h", rate: 3, speed: "slow", for: "1h" },
  { long: "3d", short: "6h", rate: 1, speed: "slow", for: "3h" },
];

/** Length of the long windows, in hours. */
const hours = { "1h": 1, "6h": 6, "1d": 24, "3d": 72 } as const;

/** Number of bad things in the long window without which nobody is told: at night one of five would be a fifth. */
export const fewest = 10;

const windows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"];

/**
 * Alerts `name` of an objective. The short window ends an alert soon after the fault.
 *
 * Throws if a fault of everything would not use up the budget fast enough for one of them: it could never fire.
 */
export function burnRateAlerts(name: string, objective: Objective, namespace: string): Alert[] {
  const { bad, severity, heading, target, measured } = objective;
  const slo = `{namespace="${namespace}",slo="${objective.name}"}`;
  return pairs.map(({ long, short, rate, speed, for: duration }) => {
    const limit = Number(((1 - target) * rate).toPrecision(12));
    if (limit >= 1) throw new Error(`${objective.name}: the target ${target} allows more than a burn rate of ${rate}`);
    const enough = "bad" in measured ? ` and on () ${hours[long] * 3600} * ${measured.bad(long)} >= ${fewest}` : "";
    return {
      name,
      expr:
        `slo:sli_error:ratio_rate${long}${slo} > ${limit}` +
        ` and slo:sli_error:ratio_rate${short}${slo} > ${limit}${enough}`,
      for: duration,
      severity: severity[speed],
      summary: `The error budget of ${objective.name} is used up ${rate} times as fast as the objective allows.`,
      description: `In the last ${long} {{ $value | humanizePercentage }} of ${bad}. The objective allows ${percent(1 - target)}.`,
      threshold: `${bad}: above ${percent(limit)} in ${long} and in ${short} (burn rate ${rate})`,
      heading,
      role: "symptom",
      labels: { slo: objective.name, long, short },
      ours: ["threshold", "duration", "severity"],
    };
  });
}

/** Rules of objectives: how much was bad in each window, and the alerts `name` on it. */
export const burnRateGroups = (name: string, objectives: readonly Objective[], args: RuleArgs): RuleGroup[] =>
  objectives.map((objective) => ({
    name: `${args.system}.slo.${objective.name}`,
    rules: [
      ...recordings(objective, args),
      ...burnRateAlerts(name, objective, args.namespace).map((alert) => alertingRule(alert, args)),
    ],
  }));

function recordings({ name, measured }: Objective, { system, namespace }: RuleArgs): RecordingRule[] {
  const labels = { system, namespace, slo: name };
  const isBad = "slo:sli_bad:bool";
  const base = "badWhile" in measured ? [{ record: isBad, expr: measured.badWhile, labels }] : [];
  const over = (window: string) =>
    "bad" in measured
      ? shareOf(measured, window)
      : `avg_over_time(${isBad}{namespace="${namespace}",slo="${name}"}[${window}])`;
  const rules = windows.map((window) => ({
    record: `slo:sli_error:ratio_rate${window}`,
    expr: over(window),
    labels,
  }));
  return [...base, ...rules];
}

const percent = (share: number) => `${Number((share * 100).toPrecision(6))} %`;
