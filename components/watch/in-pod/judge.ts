/** Judgement of one condition, over the samples of a watch. */
import type { Condition } from "../condition";
import type { Value } from "./prometheus";

/** Violation that has held for long enough. */
export interface Violation {
  readonly value: number;
  readonly samples: number;
  readonly seconds: number;
}

/**
 * Result of a condition at the end of the watch. It is `idle` if there was nothing to measure or to compare with, and
 * `absent` if Prometheus has no series of it and need not have one.
 */
export type Outcome = { readonly state: "held" | "idle" | "absent" | "unknown"; readonly text: string };

export class Judge {
  private last: Value;
  private worst: Value;
  private measured = 0;
  private hadSeries = false;
  private row = 0;
  private since = 0;
  /** Number of samples in a row without a series, after there was one. */
  private missing = 0;

  /**
   * @param before value before the rollout. Undefined if there is none, or if it is not compared
   */
  constructor(
    readonly condition: Condition,
    private readonly before: Value,
  ) {}

  /**
   * Takes a sample. One that has no value neither counts as a violation nor ends one.
   * @param seconds time since the watch began
   */
  take(value: Value, seconds: number): void {
    this.last = value;
    this.hadSeries ||= value !== undefined;
    this.missing = value === undefined && this.hadSeries ? this.missing + 1 : 0;
    if (value === undefined || Number.isNaN(value)) return;
    this.measured++;
    if (this.worst === undefined || this.isWorse(value, this.worst)) this.worst = value;
    if (!this.isBeyond(value)) {
      this.row = 0;
      return;
    }
    if (this.row++ === 0) this.since = seconds;
  }

  /** Returns the violation once it has held for `samples` in a row. */
  violation(samples: number, seconds: number): Violation | undefined {
    if (this.row < samples) return undefined;
    return { value: this.last ?? NaN, samples: this.row, seconds: seconds - this.since };
  }

  /** True while the last samples are bad, and fewer than `samples`: more are needed to judge them. */
  isOpen(samples: number): boolean {
    return [this.row, this.missing].some((number) => number > 0 && number < samples);
  }

  /** A violation with its numbers. */
  described({ value, samples, seconds }: Violation): string {
    const held = `for ${Math.round(seconds)} s (${samples} samples)`;
    return `${this.condition.name}: ${this.shown(value)} ${held}, ${this.bound}`;
  }

  /** The value of now, and the bound, for the line of a minute. */
  get progress(): string {
    const { name } = this.condition;
    if (this.last === undefined) return `${name}: no series`;
    if (Number.isNaN(this.last)) return `${name}: nothing to measure`;
    return `${name}: ${this.shown(this.last)} (${this.bound})`;
  }

  /**
   * The result once the watch is over without a violation. A series that ended may have been of the release before, or of
   * pods that nobody scrapes any more: what it was then says nothing, even where it need not be there.
   * @param samples number of samples in a row without a series after which it has ended
   */
  outcome(samples: number): Outcome {
    const { name, mayBeAbsent, needs, query } = this.condition;
    if (this.missing >= samples)
      return {
        state: "unknown",
        text: `${name} is no longer known: for ${this.missing} samples Prometheus has had no ${needs ?? `series of ${query}`}`,
      };
    if (this.measured > 0 && !this.isComparable)
      return { state: "idle", text: `${name}: ${this.shown(this.worst!)}, and no value from before the rollout` };
    if (this.measured > 0)
      return { state: "held", text: `${name}: ${this.shown(this.worst!)} at worst, ${this.bound}` };
    if (this.hadSeries) return { state: "idle", text: `${name}: nothing to measure, such as no requests` };
    if (mayBeAbsent !== undefined) return { state: "absent", text: `${name}: ${mayBeAbsent}` };
    return { state: "unknown", text: `${name} is not known: Prometheus has no ${needs ?? `series of ${query}`}` };
  }

  /** The bound in words. */
  get bound(): string {
    const { condition } = this;
    if ("atMost" in condition) return `at most ${this.shown(condition.atMost)}`;
    if ("atLeast" in condition) return `at least ${this.shown(condition.atLeast)}`;
    if (!this.isComparable) return "nothing from before to compare with";
    const before = `before ${this.shown(this.before ?? 0)}`;
    if ("risesAtMost" in condition) return `${before}, at most ${this.shown(condition.risesAtMost)} more`;
    return `${before}, at most ${condition.risesAtMostPercent} % more`;
  }

  /** Writes a value with its unit. */
  shown(value: number): string {
    const { unit } = this.condition;
    // Three digits are enough to judge by, and whole numbers keep theirs.
    const text = String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
    return unit === undefined ? text : `${text} ${unit}`;
  }

  private get isComparable(): boolean {
    return !("risesAtMostPercent" in this.condition) || (this.before !== undefined && !Number.isNaN(this.before));
  }

  private isWorse(value: number, other: number): boolean {
    return "atLeast" in this.condition ? value < other : value > other;
  }

  private isBeyond(value: number): boolean {
    const { condition } = this;
    if ("atMost" in condition) return value > condition.atMost;
    if ("atLeast" in condition) return value < condition.atLeast;
    const before = this.before === undefined || Number.isNaN(this.before) ? undefined : this.before;
    if ("risesAtMost" in condition) return value > (before ?? 0) + condition.risesAtMost;
    const { risesAtMostPercent, from } = condition;
    return before !== undefined && value > from && value > before * (1 + risesAtMostPercent / 100);
  }
}
