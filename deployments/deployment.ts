/** Course of an `up`: what each system and step has done so far. Times are in milliseconds since 1970. */
import type { Operation } from "../engine/change";

/**
 * State of a step. `unchanged`: nothing of it had to be done. `empty`: the configuration gives it nothing to do.
 * `left`: nothing of it will be done, since a step before it failed or the run has ended. `broken`: the run ended while it ran.
 */
export type StepState = "waiting" | "running" | "done" | "unchanged" | "empty" | "failed" | "left" | "broken";

/**
 * State of a run. `waiting`: it has told nothing yet. `preview`: it shows what it would do. `previewed`: that has ended, and
 * nothing was changed. `interrupted`: it ended without saying so.
 */
export type RunState = "waiting" | "preview" | "previewed" | "running" | "succeeded" | "failed" | "interrupted";

/** Resource that the run has changed, or changes. */
export interface Work {
  readonly urn: string;
  readonly kind: string;
  readonly name: string;
  readonly operation: Operation;
  readonly began: number;
  /** Default: it is not done. */
  readonly ended?: number;
  readonly failed: boolean;
  /** Last words of its provider, such as what it waits for. */
  readonly said?: string;
}

/** Message about something that failed. */
export interface Failure {
  /** Name of the resource. Default: the program. */
  readonly resource?: string;
  readonly message: string;
}

/** Way out of a failure, as Markdown. */
export interface WayOut {
  /** Sentences: what to do, and what the failure leaves. */
  readonly facts: readonly string[];
  /** Commands that show why it failed. */
  readonly commands: readonly string[];
}

export interface Step {
  readonly name: string;
  readonly title: string;
  /** Names of the steps that it waits for. */
  readonly after: readonly string[];
  readonly state: StepState;
  /** Default: it has not begun. */
  readonly began?: number;
  readonly ended?: number;
  /** Usual time, in words. Default: not known. */
  readonly usual?: string;
  readonly work: readonly Work[];
  readonly failures: readonly Failure[];
  /** Default: it did not fail. */
  readonly wayOut?: WayOut;
}

export interface System {
  readonly name: string;
  readonly title: string;
  /** Release before the run, and the one that it brings. Default: not known. */
  readonly release: { readonly from?: string; readonly to?: string };
  readonly steps: readonly Step[];
}

/** Task that runs. */
export interface RunningTask {
  readonly system: string;
  readonly step: string;
  readonly name: string;
  readonly namespace: string;
  /** Name of its Job in the cluster. */
  readonly job: string;
}

export interface Deployment {
  readonly state: RunState;
  /** True if somebody has asked it to stop, such as by Ctrl-C, and it has not ended yet. */
  readonly isStopping: boolean;
  /** Default: it has told nothing yet. */
  readonly began?: number;
  readonly ended?: number;
  readonly systems: readonly System[];
  /** Components beside the systems, such as the platform, that the run changes. */
  readonly others: readonly Step[];
  /** Number of resources by operation. */
  readonly counts: Partial<Readonly<Record<Operation, number>>>;
  /** Failures that belong to no step. */
  readonly failures: readonly Failure[];
  readonly warnings: readonly Failure[];
  readonly tasks: readonly RunningTask[];
}

/** True if the run can tell nothing more. */
export const isOver = ({ state }: Deployment): boolean => ["succeeded", "failed", "interrupted"].includes(state);
