/** Conditions that a release has to keep after its rollout. The program writes them and the watch in a pod reads them. */

/** Largest or smallest value that is allowed, or how far it may rise over the time before the rollout. */
export type Bound =
  | { readonly atMost: number }
  | { readonly atLeast: number }
  /** In the condition's unit. Without a value from before, that is 0. */
  | { readonly risesAtMost: number }
  /** In per cent of the value before. Values up to `from` are never compared: a small one doubles by chance. */
  | { readonly risesAtMostPercent: number; readonly from: number };

/** Keys of the bounds, of which a condition has one. */
export const bounds = ["atMost", "atLeast", "risesAtMost", "risesAtMostPercent"] as const;

/** Question to Prometheus whose answer must keep within a bound. */
export type Condition = Bound & {
  /** Name of the condition in the result. */
  readonly name: string;
  /**
   * PromQL with one number as its result. In it `$namespace` is the system's namespace, `$window` the time over which
   * rates are taken, and `$elapsed` the time since the watch began.
   */
  readonly query: string;
  /** Unit of the value, such as %. Default: none. */
  readonly unit?: string;
  /** The metrics without which the value is not known, in words. Default: the query's. */
  readonly needs?: string;
  /** Reason for which it is left out where Prometheus has no series of it. Default: the watch fails. */
  readonly mayBeAbsent?: string;
  /** Reason for which it is left out. Default: it is watched. */
  readonly skip?: string;
};

/** Times of a watch, in seconds. */
export interface WatchTimes {
  /** Length of the whole watch. */
  readonly seconds: number;
  /** Time over which rates are taken. Nothing is judged before it has passed once. */
  readonly windowSeconds: number;
  /** Time between two samples. */
  readonly sampleSeconds: number;
  /** Number of samples in a row beyond the bound that fail the watch. */
  readonly samples: number;
  /** Time before the rollout with which values are compared. */
  readonly beforeSeconds: number;
  /** Time for which Prometheus may be away. */
  readonly awaySeconds: number;
}

/** Time within which a violation is known from its first sample, in seconds. */
export const judgedSeconds = ({ samples, sampleSeconds }: Pick<WatchTimes, "samples" | "sampleSeconds">): number =>
  samples * sampleSeconds;

/**
 * Longest time of a watch whose Prometheus answers or is away for as long as it may: before the first sample, and at the
 * last.
 */
export const longestSeconds = (times: WatchTimes): number =>
  times.seconds + judgedSeconds(times) + 2 * times.awaySeconds;

/** Reactions of the watch to a release that it names bad. */
export const reactions = ["stop", "rollback"] as const;
export type Reaction = (typeof reactions)[number];

/** Content of the watch's variable WATCH. */
export interface WatchPlan extends WatchTimes {
  readonly system: string;
  readonly release: string;
  readonly namespace: string;
  /** URL of Prometheus, with the path in front of /api, if it has one. */
  readonly url: string;
  readonly conditions: readonly Condition[];
  readonly onFailure: Reaction;
  /** Names of objects that have the release and are not taken back with it, such as a CronJob's. Default: none. */
  readonly leaves?: readonly string[];
}
