/**
 * Steps of a drill. Each is printed while it runs, recorded for the report, and skipped when an interrupted drill
 * continues.
 */

import { setTimeout as sleep } from "node:timers/promises";
import type { Subject } from "./subject";

/** Step of a drill. */
export interface TimedStep {
  readonly title: string;
  /** Begin and end, in seconds since the start of the drill. */
  readonly begin: number;
  readonly end: number;
  /** Error with which it failed. Undefined if it succeeded. */
  readonly error?: string;
}

/** Run of a drill: one, and one more for each continuation. */
export interface Run {
  /** Start, in ISO 8601. */
  readonly began: string;
  /** Person or CI user who started it. */
  readonly by: string;
  /** Origin of that name: a variable of the CI, git, or the operating system. */
  readonly byFrom: "GITHUB_ACTOR" | "GITLAB_USER_LOGIN" | "git" | "operating system";
  /** Commit of the project. Default: not known. */
  readonly commit?: string;
  /** False if files of the project differed from the commit. Default: not known. */
  readonly clean?: boolean;
}

/** Progress of a drill. */
export interface Progress {
  /** Start, in milliseconds since 1970. */
  readonly started: number;
  /** Subject of the drill. Default: not recorded, as by earlier versions. */
  readonly subject?: Subject;
  /** Default: not recorded, as by earlier versions. */
  readonly runs?: readonly Run[];
  readonly steps: readonly TimedStep[];
  /** Results of the finished steps, by title. */
  readonly results: Readonly<Record<string, unknown>>;
  /** Titles of the steps that have begun. Default: not recorded, as by earlier versions. */
  readonly begun?: readonly string[];
}

/** Way back of a step that takes something away for a while. */
export interface WayBack {
  /** Gives back what was taken away, and resolves to a sentence on that. It is called after an error or an interruption. */
  readonly undo: () => Promise<string>;
  /** Titles of the earlier steps of which nothing is left then: a drill that continues runs them again. Default: none. */
  readonly undone?: readonly string[];
}

export interface TimelineArgs {
  /** Progress of the interrupted drill. Default: none. The drill starts now. */
  readonly progress?: Progress;
  /** Subject of the drill. Default: that of the progress. */
  readonly subject?: Subject;
  /** Run that begins now. Default: it is not recorded. */
  readonly run?: Run;
  /** Saves the progress after each step. Default: not saved. */
  readonly save?: (progress: Progress) => void;
  /** Rejected if the drill is interrupted: the step that runs fails with it. Default: it is never. */
  readonly interrupted?: Promise<never>;
  /** Prints a line when a step begins or ends. Default: to the console. */
  readonly print?: (line: string) => void;
  /** Returns the time in milliseconds since 1970. Default: Date.now. */
  readonly clock?: () => number;
}

/** Time for interrupted work to end by itself, in milliseconds. */
const graceMilliseconds = 5000;

export class Timeline {
  private progress: Progress;
  private readonly save: (progress: Progress) => void;
  private readonly interrupted: Promise<never>;
  private readonly print: (line: string) => void;
  private readonly clock: () => number;

  constructor({ progress, subject, run, ...args }: TimelineArgs = {}) {
    const { save = () => {}, interrupted = new Promise(() => {}), print = console.log, clock = Date.now } = args;
    this.save = save;
    this.interrupted = interrupted;
    this.print = print;
    this.clock = clock;
    const before = progress ?? { started: clock(), steps: [], results: {} };
    this.progress = { ...before, ...(subject && { subject }), runs: [...(before.runs ?? []), ...(run ? [run] : [])] };
  }

  get runs(): readonly Run[] {
    return this.progress.runs ?? [];
  }

  get steps(): readonly TimedStep[] {
    return this.progress.steps;
  }

  /** Start of the drill. */
  get started(): Date {
    return new Date(this.progress.started);
  }

  /** Seconds since the start. */
  get now(): number {
    return this.since(this.clock());
  }

  /** Returns the seconds from the start to a time, which is in milliseconds since 1970. */
  since(moment: number): number {
    return (moment - this.progress.started) / 1000;
  }

  /**
   * Runs a step and resolves to its result, which must be JSON. A step that was finished before an interruption is not
   * run again.
   * @param wayBack what gives back what the step takes away. Default: it takes nothing away
   * @throws the step's error, with what was given back
   */
  async step<T>(title: string, work: () => Promise<T>, wayBack?: WayBack): Promise<T> {
    if (title in this.progress.results) {
      this.say(`${title}: was done before`);
      return this.progress.results[title] as T;
    }
    const begin = this.now;
    this.say(`${title} ...`);
    this.begin(title);
    let working: Promise<T> | undefined;
    try {
      // One that came between two steps.
      await Promise.race([this.interrupted, Promise.resolve()]);
      working = work();
      const result = await Promise.race([working, this.interrupted]);
      this.keep({ title, begin, end: this.now }, { [title]: result ?? null });
      this.say(`${title}: done in ${(this.now - begin).toFixed(1)} s`);
      return result;
    } catch (error) {
      const end = this.now;
      const said = error instanceof Error ? error.message : String(error);
      this.say(`${title}: FAILED after ${(end - begin).toFixed(1)} s`);
      // An interrupted step ends what it has asked of the cluster before it is taken back.
      if (wayBack) await ended(working);
      const message = wayBack ? `${said}\n${await wayBack.undo()}` : said;
      this.forget(wayBack?.undone ?? []);
      this.keep({ title, begin, end, error: message }, {});
      throw wayBack ? new Error(message, { cause: error }) : error;
    }
  }

  /**
   * Runs a step that makes a later one safe, such as a proof that what it destroys comes back. In a drill that continues it
   * is run again, unless the later one has begun.
   * @param later title of the later step
   */
  async stepBefore<T>(later: string, title: string, work: () => Promise<T>): Promise<T> {
    if (!this.progress.begun?.includes(later)) this.forget([title]);
    return this.step(title, work);
  }

  /** Records an error that came after the last step, so that the drill counts as failed. */
  fail(title: string, error: unknown): void {
    if (this.steps.at(-1)?.error !== undefined) return;
    const [now, message] = [this.now, error instanceof Error ? error.message : String(error)];
    this.keep({ title, begin: now, end: now, error: message }, {});
  }

  /** Prints a line with the time since the start. */
  say(line: string): void {
    this.print(`${this.now.toFixed(1).padStart(7)} s  ${line}`);
  }

  private forget(titles: readonly string[]): void {
    const results = Object.entries(this.progress.results).filter(([title]) => !titles.includes(title));
    this.progress = { ...this.progress, results: Object.fromEntries(results) };
  }

  private begin(title: string): void {
    const { begun = [] } = this.progress;
    if (begun.includes(title)) return;
    this.progress = { ...this.progress, begun: [...begun, title] };
    this.save(this.progress);
  }

  private keep(step: TimedStep, found: Readonly<Record<string, unknown>>): void {
    const { steps, results, ...progress } = this.progress;
    this.progress = { ...progress, steps: [...steps, step], results: { ...results, ...found } };
    this.save(this.progress);
  }
}

/** Waits for work that was interrupted, but not long. */
async function ended(work: Promise<unknown> | undefined): Promise<void> {
  const enough = new AbortController();
  const patience = sleep(graceMilliseconds, undefined, { signal: enough.signal });
  await Promise.allSettled([Promise.race([work, patience])]);
  enough.abort();
  await patience.catch(() => undefined);
}
