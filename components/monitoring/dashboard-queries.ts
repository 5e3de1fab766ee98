/** Parts of PromQL that many panels share. */
import { inNamespace } from "./dashboard";

/** Returns a selector of a metric within the dashboard's namespaces. */
export const selected = (metric: string, ...matchers: readonly string[]): string =>
  `${metric}{${[inNamespace, ...matchers].join(", ")}}`;

/** Returns the increase per second of a counter, summed over the pods. */
export const perSecond = (metric: string, matchers: readonly string[] = [], by: readonly string[] = []): string =>
  `sum${grouped(by)} (rate(${selected(metric, ...matchers)}[$__rate_interval]))`;

/**
 * Returns a quantile of a histogram.
 * @param share quantile from 0 to 1
 * @param histogram name without "_bucket"
 */
export const quantile = (share: number, histogram: string, matchers: readonly string[] = []): string =>
  `histogram_quantile(${share}, ${perSecond(`${histogram}_bucket`, matchers, ["le"])})`;

/**
 * Returns `part`, or 0 if it has no series while `all` has: a counter with labels has no series for what never came.
 * Both have the same labels.
 */
export const orZero = (part: string, all: string): string => `${part} or 0 * ${all}`;

/** Returns a share from 0 to 1. It has no value while `all` is 0. */
export const share = (part: string, all: string): string => `${part} / (${all} > 0)`;

/** Returns the share of requests that were answered with a status of 500 or more, by a counter with the label `status`. */
export function failedShare(counter: string, matchers: readonly string[] = []): string {
  const all = perSecond(counter, matchers);
  return share(`(${orZero(perSecond(counter, [...matchers, 'status=~"5.."']), all)})`, all);
}

/** Returns the time since a moment in Unix time, in seconds. */
export const since = (moment: string): string => `time() - ${moment}`;

const grouped = (labels: readonly string[]) => (labels.length > 0 ? ` by (${labels.join(", ")})` : "");
