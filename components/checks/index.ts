import * as pulumi from "@pulumi/pulumi";
import { bundle } from "../kubernetes/bundle";
import { plainVariables, type Environment } from "../kubernetes/environment";
import { MountedFiles } from "../kubernetes/mounted-files";
import type { PodArgs } from "../kubernetes/pod";
import type { RolloutReader } from "../workload/rollout-reader";
import type { Rollout } from "../workload/in-pod/wait";
import { Task } from "../kubernetes/task";
import type { Check, CheckList } from "./check";
import { namedIn, usedIn } from "./used";

export type { Check, Cleanup, Expected, HttpCheck, Sample } from "./check";

/** Rollouts to wait for before the checks. */
export interface AwaitedRollouts {
  readonly rollouts: readonly pulumi.Input<Rollout>[];
  /** Limit without progress, in seconds. */
  readonly seconds: number;
  /** Service account that may read them. */
  readonly reader: RolloutReader;
}

export interface ChecksPodArgs {
  readonly namespace: pulumi.Input<string>;
  /** Stock Node.js image. */
  readonly image: string;
  /** Program that `checksRunner` mounts. */
  readonly runner: readonly MountedFiles[];
  /** Checks in order. The first failure ends the run. */
  readonly checks: readonly Check[];
  /** Checks that always run last, to remove what the others left. Default: []. */
  readonly cleanup?: readonly Check[];
  /**
   * Variables for `${NAME}` in checks, PG* for queries, REDIS_* for commands of Redis. The pod gets only those that its
   * checks use.
   */
  readonly environment: Environment;
  /** Role that queries act as, where the login has to set it to have its rights. Default: none. */
  readonly actsAs?: string;
  /** Rollouts to wait for. Default: none. */
  readonly after?: AwaitedRollouts;
}

export interface ChecksArgs extends ChecksPodArgs {
  /** Values that run the checks again when one of them changes. */
  readonly trigger: readonly pulumi.Input<string>[];
}

/**
 * Job that runs requests, queries and Redis commands. Its error names the check, the expected answer and the actual
 * one.
 */
export class Checks extends Task {
  constructor(name: string, args: ChecksArgs, opts?: pulumi.ComponentResourceOptions) {
    // The checks have limits of their own. The additional hour is for a program that hangs while it waits for rollouts.
    const times = [...args.checks, ...(args.cleanup ?? [])].map(
      ({ timeoutSeconds = 0, withinSeconds = 0 }) => timeoutSeconds + withinSeconds,
    );
    const deadlineSeconds = times.reduce((sum, seconds) => sum + seconds, 300) + (args.after ? 3600 : 0);
    super(name, { ...checksPod(args), trigger: args.trigger, deadlineSeconds }, opts);
  }
}

/** Job that waits for rollouts and fails when one makes no progress. */
export class RolloutWait extends Checks {
  constructor(name: string, args: Omit<ChecksArgs, "checks" | "cleanup">, opts?: pulumi.ComponentResourceOptions) {
    super(name, { ...args, checks: [] }, opts);
  }
}

const awaited = (after: AwaitedRollouts | undefined): Environment =>
  after ? { ROLLOUTS: pulumi.jsonStringify(after.rollouts), ROLLOUT_SECONDS: String(after.seconds) } : {};

/** Returns a pod that runs checks, for a Job or a schedule. */
export function checksPod({
  checks,
  cleanup = [],
  actsAs,
  after,
  runner,
  environment,
  ...pod
}: ChecksPodArgs): PodArgs {
  const all = [...checks, ...cleanup];
  const used = usedIn(all, environment);
  const named = namedIn(all);
  const plain = plainVariables(used)
    .filter((name) => named.has(name))
    .sort();
  const list: CheckList = {
    ...{ checks, cleanup },
    ...(actsAs !== undefined && all.some((check) => "sql" in check) && { actsAs }),
    ...(plain.length > 0 && { plain }),
  };
  return {
    ...pod,
    command: ["node", "/runsheet/runner.cjs"],
    files: runner,
    environment: { ...used, CHECKS: JSON.stringify(list), ...awaited(after) },
    serviceAccount: after?.reader.account,
  };
}

/** Mounts the runner and the packages that it requires, for all checks of a namespace. */
export function checksRunner(
  name: string,
  namespace: pulumi.Input<string>,
  packages: MountedFiles,
  opts: pulumi.CustomResourceOptions,
): MountedFiles[] {
  const program = { "runner.cjs": bundle("components/checks/in-pod/runner.ts") };
  return [MountedFiles.pinned(name, namespace, program, opts), packages];
}
