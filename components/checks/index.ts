import * as pulumi from "@pulumi/pulumi";
import { bundle } from "../kubernetes/bundle";
import type { Environment } from "../kubernetes/environment";
import { MountedFiles } from "../kubernetes/mounted-files";
import type { PodArgs } from "../kubernetes/pod";
import type { RolloutReader } from "../workload/rollout-reader";
import type { Rollout } from "../workload/in-pod/wait";
import { Task } from "../kubernetes/task";
import type { Check } from "./check";

export type { Check, Expected, HttpCheck } from "./check";

/** Rollouts that must be over before anything is asked. */
export interface AwaitedRollouts {
  readonly rollouts: readonly pulumi.Input<Rollout>[];
  /** For how long one may make no progress. */
  readonly seconds: number;
  /** Who may look at them. */
  readonly reader: RolloutReader;
}

export interface ChecksPodArgs {
  readonly namespace: pulumi.Input<string>;
  /** A stock Node.js image. */
  readonly image: string;
  /** As `checksRunner` gives it. */
  readonly runner: readonly MountedFiles[];
  /** Asked in this order; the first that fails ends the test. */
  readonly checks: readonly Check[];
  /** Asked at the end in any case, to take away what the checks left. Default: none. */
  readonly cleanup?: readonly Check[];
  /** Variables for `${NAME}` in checks; PG* and REDIS_URL for queries and Redis commands. */
  readonly environment: Environment;
  /** Default: none. */
  readonly environmentFrom?: readonly pulumi.Input<string>[];
  /** Default: none. */
  readonly after?: AwaitedRollouts;
}

export interface ChecksArgs extends ChecksPodArgs {
  /** Values that run the checks again when one of them changes. */
  readonly trigger: readonly pulumi.Input<string>[];
}

/** Runs requests, queries and Redis commands with expected answers. The error names the check, what it expected and what it got. */
export class Checks extends Task {
  constructor(name: string, args: ChecksArgs, opts?: pulumi.ComponentResourceOptions) {
    // The checks have their own times; an hour more is only for a program that hangs while it waits for rollouts.
    const times = args.checks.map(({ timeoutSeconds = 0 }) => timeoutSeconds);
    const deadlineSeconds = times.reduce((sum, seconds) => sum + seconds, 300) + (args.after ? 3600 : 0);
    super(name, { ...checksPod(args), trigger: args.trigger, deadlineSeconds }, opts);
  }
}

/** Waits until rollouts are over, and fails when one makes no progress. */
export class RolloutWait extends Checks {
  constructor(name: string, args: Omit<ChecksArgs, "checks" | "cleanup">, opts?: pulumi.ComponentResourceOptions) {
    super(name, { ...args, checks: [] }, opts);
  }
}

const awaited = (after: AwaitedRollouts | undefined): Environment =>
  after ? { ROLLOUTS: pulumi.jsonStringify(after.rollouts), ROLLOUT_SECONDS: String(after.seconds) } : {};

/** The pod that asks checks, for what asks them once or again and again. */
export function checksPod({ checks, cleanup = [], after, runner, environment, ...pod }: ChecksPodArgs): PodArgs {
  return {
    ...pod,
    command: ["node", "/runsheet/runner.cjs"],
    files: runner,
    environment: { ...environment, CHECKS: JSON.stringify({ checks, cleanup }), ...awaited(after) },
    serviceAccount: after?.reader.account,
  };
}

/** The program that asks, for all tests of a namespace, and the packages that it requires. */
export function checksRunner(
  name: string,
  namespace: pulumi.Input<string>,
  packages: MountedFiles,
  opts: pulumi.CustomResourceOptions,
): MountedFiles[] {
  const program = { "runner.cjs": bundle("components/checks/in-pod/runner.ts") };
  return [MountedFiles.pinned(name, namespace, program, opts), packages];
}
