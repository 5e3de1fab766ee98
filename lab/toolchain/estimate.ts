/** Estimates how long the builds that are left will take. */

/** A processor second of the recorded weights, in seconds on a machine with two processors. */
const recordedPace = 0.5;

export class Estimate {
  private readonly open: Set<string>;
  /** Seconds that the finished builds took, and what they weigh. */
  private spent = 0;
  private weighed = 0;

  /**
   * @param weights processor seconds of each build
   * @param always builds that are expected without anybody asking for them
   */
  constructor(
    private readonly weights: Readonly<Record<string, number>>,
    always: readonly string[],
  ) {
    this.open = new Set(always);
  }

  /** Expects a build that somebody asked for. */
  ask(name: string): void {
    this.open.add(name);
  }

  /** Builds that are expected and not finished. */
  expected(): string[] {
    return [...this.open];
  }

  /** Expects a build no more: it is done, it was not needed, or it failed. */
  finish(name: string): void {
    this.open.delete(name);
  }

  /** Learns from a build how fast this machine is. */
  learn(name: string, seconds: number): void {
    this.spent += seconds;
    this.weighed += this.weight(name);
  }

  /** Says how much is left while `current` has been built for some seconds. Undefined if that is less than a minute. */
  left(current: string, seconds: number): string | undefined {
    const pace = this.weighed > 0 ? this.spent / this.weighed : recordedPace;
    const others = [...this.open].filter((name) => name !== current).reduce((sum, name) => sum + this.weight(name), 0);
    const minutes = (others * pace + Math.max(this.weight(current) * pace - seconds, 0)) / 60;
    return minutes < 1 ? undefined : `about ${Math.ceil(minutes)} min of building left`;
  }

  private weight(name: string): number {
    return this.weights[name] ?? 0;
  }
}
