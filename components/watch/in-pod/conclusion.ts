/** Result of a watch in which nothing was violated. */
import type { WatchPlan } from "../condition";
import { duration } from "./duration";
import type { Judge } from "./judge";

export interface Conclusion {
  /** Lines of the log. */
  readonly lines: readonly string[];
  /** Conditions that are not known, and have to be. Empty if the release has passed. */
  readonly failures: readonly string[];
}

/**
 * Concludes a watch. A condition that may be absent, and one without anything to measure, is skipped; but a watch that
 * knows none of its metrics has watched nothing.
 */
export function conclusion(
  judges: readonly Judge[],
  { conditions, system, namespace, seconds, samples }: WatchPlan,
): Conclusion {
  const outcomes = judges.map((judge) => judge.outcome(samples));
  const texts = (state: string) => outcomes.filter((each) => each.state === state).map(({ text }) => text);
  const left = conditions.flatMap(({ name, skip }) => (skip === undefined ? [] : [`${name}: ${skip}`]));
  const idle = texts("idle");
  const held = texts("held");
  const lines = [
    ...held.map((text) => `ok     ${text}`),
    ...[...idle, ...texts("absent"), ...left].map((text) => `skipped ${text}`),
    `${held.length} of ${conditions.length} conditions held for ${duration(seconds)}`,
  ];
  const unknown = texts("unknown").map(
    (text) =>
      `FAILED ${text}, in the namespace ${namespace}. Let Prometheus scrape it, or leave the condition out with a ` +
      `reason: skip in ${system}:watch.conditions`,
  );
  const isBlind = outcomes.length > 0 && held.length + idle.length + unknown.length === 0;
  const blind =
    `FAILED nothing was watched: Prometheus has the metrics of none of the ${conditions.length} conditions. Let it scrape ` +
    `${system}, give ${system}:watch.conditions its own metrics, or set ${system}:watch.minutes to 0`;
  return { lines, failures: isBlind ? [blind] : unknown };
}
