/** The tests that promtool makes of a case: input series by phases, and when the alert fires. */
import type { AlertCase, Trap } from "./alert-case";
import type { Phase, Series } from "./levels";

/** Test group of promtool. */
export interface TestGroup {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test: readonly {
    readonly eval_time: string;
    readonly alertname: string;
    readonly exp_alerts: readonly ExpectedAlert[];
  }[];
}

export interface ExpectedAlert {
  readonly exp_labels: Readonly<Record<string, string>>;
  readonly exp_annotations: Readonly<Record<string, string>>;
}

type Phases = readonly (readonly [Phase, steps: number])[];

/** Alert under test: its name, and how it looks with a description. */
export interface UnderTest {
  readonly name: string;
  readonly namespace: string;
  fired(description: string, labels: AlertCase["labels"]): ExpectedAlert;
}

/** All groups of a case. */
export const groupsOf = (alert: UnderTest, each: AlertCase): TestGroup[] => [
  thresholds(alert, each),
  ofAnotherNamespace(alert, each),
  ...(each.traps ?? []).map((trap) => ofTrap(alert, each, trap)),
];

/** Minutes of a duration of Prometheus in one unit: 5m, 1h, 1d. */
export function minutesOf(duration: string): number {
  const [, number, unit] = /^(\d+)([mhd])$/.exec(duration) ?? [];
  if (unit === undefined) throw new Error(`${duration} is not a duration in minutes, hours or days`);
  return Number(number) * { m: 1, h: 60, d: 1440 }[unit as "m" | "h" | "d"];
}

const stepOf = ({ step = 1 }: AlertCase) => step;
const durationOf = (each: AlertCase) => Math.ceil(minutesOf(each.for) / stepOf(each));

/** Below the threshold; above it for too short; above it for long enough; back. */
function thresholds(alert: UnderTest, each: AlertCase): TestGroup {
  const { window = 1, before = 0 } = each;
  const duration = durationOf(each);
  const tooShort = each.tooShort ?? duration - window + 1;
  if (tooShort < 0) throw new Error(`${alert.name}: no fault is too short for it: set tooShort to 0`);
  const phases: Phases = [
    ["before", before],
    ["healthy", window + 2],
    ["faulty", tooShort],
    ["healthy", tooShort === 0 ? 0 : duration + window + 2],
    ["faulty", duration + window + 1],
    ["healthy", window + 3],
  ];
  const startOf = (index: number) => phases.slice(0, index).reduce((sum, [, steps]) => sum + steps, 0);
  const [fault, back] = [startOf(4), startOf(5)];
  const quiet = range(startOf(1), fault + duration);
  const fires = [fault + duration + window - (window === 1 ? 1 : 0), back - 1];
  const ended = range(back + (each.recovery ?? window) - 1, back + window + 2);
  const fired = [alert.fired(each.description, each.labels)];
  return {
    ...groupOf("thresholds", each.series, phases, alert.namespace, stepOf(each)),
    alert_rule_test: [
      ...quiet.map((at) => expectation(alert, at * stepOf(each), [])),
      ...[...new Set(fires)].map((at) => expectation(alert, at * stepOf(each), fired)),
      ...ended.map((at) => expectation(alert, at * stepOf(each), [])),
    ],
  };
}

/** Faults of another namespace, beside this one, in which all is well. */
function ofAnotherNamespace(alert: UnderTest, each: AlertCase): TestGroup {
  const { window = 1, before = 0 } = each;
  const steps = durationOf(each) + window + 2;
  const at = (before + steps - 1) * stepOf(each);
  const own = groupOf(
    "another namespace",
    each.series,
    [
      ["before", before],
      ["healthy", steps],
    ],
    alert.namespace,
    stepOf(each),
  );
  const other = groupOf(
    "",
    each.series,
    [
      ["before", before],
      ["faulty", steps],
    ],
    "another",
    stepOf(each),
  );
  return {
    ...own,
    input_series: [...own.input_series, ...other.input_series],
    alert_rule_test: [expectation(alert, at, [])],
  };
}

function ofTrap(
  alert: UnderTest,
  each: AlertCase,
  { title, series, description, labels = each.labels }: Trap,
): TestGroup {
  const { window = 1, before = 0 } = each;
  const steps = durationOf(each) + window + 2;
  const fired = description === undefined ? [] : [alert.fired(description, labels)];
  return {
    ...groupOf(
      title,
      series,
      [
        ["before", before],
        ["faulty", steps],
      ],
      alert.namespace,
      stepOf(each),
    ),
    alert_rule_test: [expectation(alert, (before + steps - 1) * stepOf(each), fired)],
  };
}

const groupOf = (name: string, series: Series, phases: Phases, namespace: string, step: number) => ({
  name,
  interval: `${step}m`,
  input_series: Object.entries(series).map(([selector, newLevel]) => {
    const level = newLevel(step);
    const runs = phases.filter(([, steps]) => steps > 0).map(([phase, steps]) => level.run(phase, steps));
    return { series: within(selector, namespace), values: runs.join(" ") };
  }),
});

const expectation = ({ name }: UnderTest, minute: number, expected: readonly ExpectedAlert[]) => ({
  eval_time: `${minute}m`,
  alertname: name,
  exp_alerts: expected,
});

/** Selector with the namespace. */
function within(selector: string, namespace: string): string {
  const [, name, labels = ""] = /^(\w+)(?:\{(.*)\})?$/.exec(selector)!;
  return `${name}{namespace="${namespace}"${labels === "" ? "" : `,${labels}`}}`;
}

const range = (start: number, end: number) => Array.from({ length: end - start }, (_, index) => start + index);
