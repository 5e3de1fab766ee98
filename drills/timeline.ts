/** What a drill does, step by step: said while it happens, and kept for the report. */

/** A step of a drill. */
export interface TimedStep {
  readonly title: string;
  /** Seconds since the drill began. */
  readonly begin: number;
  readonly end: number;
  /** What it failed with. Default: it did not. */
  readonly error?: string;
}

export class Timeline {
  readonly steps: TimedStep[] = [];
  private readonly start: number;

  /** `clock` in milliseconds; `print` gets one line each time something begins or ends. */
  constructor(
    private readonly print: (line: string) => void = console.log,
    private readonly clock: () => number = Date.now,
  ) {
    this.start = clock();
  }

  /** When the drill began. */
  get started(): Date {
    return new Date(this.start);
  }

  /** Seconds since then. */
  get now(): number {
    return (this.clock() - this.start) / 1000;
  }

  /** Does something as a step of that title. Throws what it throws. */
  async step<T>(title: string, work: () => Promise<T>): Promise<T> {
    const begin = this.now;
    this.say(`${title} ...`);
    try {
      const result = await work();
      this.steps.push({ title, begin, end: this.now });
      this.say(`${title}: done in ${(this.now - begin).toFixed(1)} s`);
      return result;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.steps.push({ title, begin, end: this.now, error: message });
      this.say(`${title}: FAILED after ${(this.now - begin).toFixed(1)} s`);
      throw error;
    }
  }

  /** A line of its own, with the time since the beginning. */
  say(line: string): void {
    this.print(`${this.now.toFixed(1).padStart(7)} s  ${line}`);
  }
}
