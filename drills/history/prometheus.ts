/** Metrics of a stack's drills in Prometheus' text format, as the alerts DrillOverdue and DrillFailed read them. */
import { commandMetrics } from "../../components/monitoring/command-alerts";
import { isKept } from "../report";
import type { StackSettings } from "../stack-settings";
import type { Due } from "./due";
import type { Records } from "./records";

const lastSuccess = "runsheet_drill_last_success_timestamp_seconds";
const lastResult = "runsheet_drill_last_result";

/** Result of a drill for a system. */
interface Result {
  readonly scenario: string;
  readonly system: string;
  /** End of the drill, in milliseconds since 1970. */
  readonly time: number;
  readonly succeeded: boolean;
}

/**
 * Formats the metrics: of each scenario and system the last success and the last result. A drill that is due and never
 * succeeded has 0 as the time of its last success: without a series the alert would never fire.
 * @param records the stack's drills
 */
export function metrics(stack: StackSettings, records: Records, due: readonly Due[]): string {
  const series = new Map<string, Result[]>();
  for (const result of resultsOf(stack, records)) {
    const key = `${result.scenario}\n${result.system}`;
    series.set(key, [...(series.get(key) ?? []), result]);
  }
  for (const { scenario, system, unable } of due) {
    const systems = system === "stack" ? stack.systems : stack.systems.includes(system) ? [system] : [];
    for (const each of unable === undefined ? systems : [])
      series.set(`${scenario}\n${each}`, series.get(`${scenario}\n${each}`) ?? []);
  }
  const successes: string[] = [];
  const results: string[] = [];
  for (const [key, all] of [...series].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [scenario, system] = key.split("\n") as [string, string];
    const labels = { namespace: stack.namespace(system), system, scenario, stack: stack.name };
    const newest = all.toSorted((a, b) => b.time - a.time);
    const success = newest.find(({ succeeded }) => succeeded)?.time ?? 0;
    successes.push(sample(lastSuccess, labels, Math.floor(success / 1000)));
    if (newest[0]) results.push(sample(lastResult, labels, newest[0].succeeded ? 1 : 0));
  }
  return [...family(lastSuccess, successes), ...family(lastResult, results)].join("");
}

/** Results of the systems that the stack has. */
function resultsOf(stack: StackSettings, { finished, unfinished }: Records): Result[] {
  const all = [
    ...finished.flatMap(({ report }) =>
      report.systems.map((each) => ({
        scenario: report.scenario,
        system: each.system,
        time: Date.parse(report.ended),
        succeeded: isKept(each),
      })),
    ),
    // A drill that is still going on, or was interrupted, has no result.
    ...unfinished
      .filter(({ error }) => error !== undefined)
      .flatMap(({ scenario, system, started, seconds = 0 }) =>
        (system === "stack" ? stack.systems : [system]).map((each) => ({
          scenario,
          system: each,
          time: Date.parse(started) + seconds * 1000,
          succeeded: false,
        })),
      ),
  ];
  return all.filter(({ system }) => stack.systems.includes(system));
}

const family = (name: keyof typeof commandMetrics, samples: readonly string[]) =>
  samples.length === 0 ? [] : [`# HELP ${name} ${commandMetrics[name].meaning}\n# TYPE ${name} gauge\n`, ...samples];

const sample = (name: string, labels: Readonly<Record<string, string>>, value: number) =>
  `${name}{${Object.entries(labels)
    .map(([label, text]) => `${label}="${text.replace(/["\\\n]/g, (one) => (one === "\n" ? "\\n" : `\\${one}`))}"`)
    .join(",")}} ${value}\n`;
