/** A system's checks: run once for each trigger, or by the clock. */
import type * as pulumi from "@pulumi/pulumi";
import { Checks, checksPod, RolloutWait, type AwaitedRollouts, type Check, type Cleanup } from "../checks";
import type { Environment } from "../kubernetes/environment";
import type { MountedFiles } from "../kubernetes/mounted-files";
import { Schedule, type ScheduleTimes } from "../kubernetes/schedule";
import type { Login } from "../postgres";
import type { Redis } from "../redis";
import type { Workload } from "../workload";
import type { RolloutReader } from "../workload/rollout-reader";
import type { CheckSettings } from "./check-settings";
import { changedChecks, changedCleanup } from "./configured-checks";
import type { Trigger } from "./triggers";

/** Variables of checks, beside those of the database and REDIS_URL. */
export interface CheckVariables {
  /** Default: none. */
  readonly environment?: Environment;
}

/** Checks that run once for each trigger. */
export interface CheckRun extends CheckVariables {
  readonly checks: readonly Check[];
  /** Run at the end, whether the checks passed or not. Default: nothing. */
  readonly cleanup?: readonly Cleanup[];
  /** The role that runs the checks. Default: the database's owner. */
  readonly login?: Login;
  /** Role that the queries act as, where `login` has to set it to have its rights. Default: none. */
  readonly actsAs?: string;
  readonly trigger: Trigger;
  /** Workloads whose rollouts must be over first. The checks run again when one of them has new pods. Default: none. */
  readonly workloads?: readonly Workload[];
  /** Rollouts of something else that must be over first. Default: those of `workloads`. */
  readonly after?: Omit<AwaitedRollouts, "reader">;
}

export interface SystemChecksArgs {
  readonly namespace: pulumi.Output<string>;
  /** A stock Node.js image. */
  readonly image: string;
  /** The program that runs checks. */
  readonly runner: readonly MountedFiles[];
  readonly rolloutReader: RolloutReader;
  /** A workload's rollout that makes no progress for this many seconds has failed. */
  readonly rolloutSeconds: number;
  /** Changes of checks. */
  readonly changes: CheckSettings;
  /** Variables for changed and added checks. */
  readonly secrets: Environment;
  readonly owner: Login;
  readonly redis: Redis | undefined;
}

/** Runs checks in the system's namespace, with its database and Redis. */
export class SystemChecks {
  constructor(private readonly args: SystemChecksArgs) {}

  /** Runs checks once for each trigger. */
  run(name: string, run: CheckRun, opts: pulumi.ComponentResourceOptions): Checks {
    const { rolloutReader: reader, owner, changes } = this.args;
    const { login = owner, actsAs, trigger, workloads = [], after, environment } = run;
    const checks = changedChecks(run.checks, changes);
    const cleanup = changedCleanup(run.cleanup ?? [], changes);
    const rollouts = { ...this.rollouts(workloads, trigger), ...(after && { after: { ...after, reader } }) };
    return new Checks(name, { ...this.pod(login, environment), ...rollouts, actsAs, checks, cleanup }, opts);
  }

  /** Runs checks by the clock, as the database's owner. */
  schedule(
    name: string,
    declared: readonly Check[],
    { environment, ...times }: CheckVariables & ScheduleTimes,
    parent: pulumi.Resource,
  ): void {
    const checks = changedChecks(declared, this.args.changes);
    const pod = checksPod({ ...this.pod(this.args.owner, environment), checks });
    new Schedule(name, { ...pod, ...times }, { parent });
  }

  /** Waits until the workloads' rollouts are over. */
  awaitRollouts(name: string, workloads: readonly Workload[], opts: pulumi.ComponentResourceOptions): RolloutWait {
    return new RolloutWait(name, { ...this.pod(undefined), ...this.rollouts(workloads, []) }, opts);
  }

  private pod(login: Login | undefined, environment: Environment = {}) {
    const { namespace, image, runner, redis, secrets } = this.args;
    const variables = {
      ...login?.environment(),
      ...(redis ? { REDIS_URL: redis.url, ...redis.trust() } : {}),
      ...environment,
      ...secrets,
    };
    return { namespace, image, runner, environment: variables };
  }

  private rollouts(workloads: readonly Workload[], trigger: Trigger) {
    const { rolloutSeconds: seconds, rolloutReader: reader } = this.args;
    const rollouts = workloads.map(({ rollout }) => rollout);
    return {
      trigger: [...trigger, ...workloads.map(({ revision }) => revision)],
      after: rollouts.length > 0 ? { rollouts, seconds, reader } : undefined,
    };
  }
}
