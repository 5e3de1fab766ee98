/** What a drill does, step by step: said while it happens, kept for the report, and gone on from when it was interrupted. */

/** A step of a drill. */
export interface TimedStep {
  readonly title: string;
  /** Seconds since the drill began. */
  readonly begin: number;
  readonly end: number;
  /** What it failed with. Default: it did not. */
  readonly error?: string;
}

/** How far a drill came. */
export interface Progress {
  /** When it began, in milliseconds since 1970. */
  readonly started: number;
  readonly steps: readonly TimedStep[];
  /** What the steps that were done found, by their titles. */
  readonly results: Readonly<Record<string, unknown>>;
}

export interface TimelineArgs {
  /** How far it came before. Default: it begins now. */
  readonly progress?: Progress;
  /** Keeps it, after each step. Default: nowhere. */
  readonly save?: (progress: Progress) => void;
  /** Gets one line each time something begins or ends. Default: the console. */
  readonly print?: (line: string) => void;
  /** In milliseconds since 1970. */
  readonly clock?: () => number;
}

export class Timeline {
  private progress: Progress;
  private readonly save: (progress: Progress) => void;
  private readonly print: (line: string) => void;
  private readonly clock: () => number;

  constructor({ progress, save = () => {}, print = console.log, clock = Date.now }: TimelineArgs = {}) {
    this.save = save;
    this.print = print;
    this.clock = clock;
    this.progress = progress ?? { started: clock(), steps: [], results: {} };
  }

  get steps(): readonly TimedStep[] {
    return this.progress.steps;
  }

  /** When the drill began. */
  get started(): Date {
    return new Date(this.progress.started);
  }

  /** Seconds since then. */
  get now(): number {
    return this.since(this.clock());
  }

  /** Seconds from the drill's beginning to that moment, in milliseconds since 1970. */
  since(moment: number): number {
    return (moment - this.progress.started) / 1000;
  }

  /**
   * Does something as the step of that title, and resolves with what it found, which JSON can hold: one that was done before
   * the drill was interrupted is not done again. Throws what it throws.
   */
  async step<T>(title: string, work: () => Promise<T>): Promise<T> {
    if (title in this.progress.results) {
      this.say(`${title}: was done before`);
      return this.progress.results[title] as T;
    }
    const begin = this.now;
    this.say(`${title} ...`);
    try {
      const result = await work();
      this.keep({ title, begin, end: this.now }, { [title]: result ?? null });
      this.say(`${title}: done in ${(this.now - begin).toFixed(1)} s`);
      return result;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.keep({ title, begin, end: this.now, error: message }, {});
      this.say(`${title}: FAILED after ${(this.now - begin).toFixed(1)} s`);
      throw error;
    }
  }

  /** A line of its own, with the time since the beginning. */
  say(line: string): void {
    this.print(`${this.now.toFixed(1).padStart(7)} s  ${line}`);
  }

  private keep(step: TimedStep, found: Readonly<Record<string, unknown>>): void {
    const { steps, results, ...progress } = this.progress;
    this.progress = { ...progress, steps: [...steps, step], results: { ...results, ...found } };
    this.save(this.progress);
  }
}
