import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../kubernetes/environment";
import { handover, type Before } from "../kubernetes/init-containers";
import { MountedFiles } from "../kubernetes/mounted-files";
import type { Login, Postgres } from "../postgres";
import { withMemoryLimit } from "../kubernetes/resources";
import { Task, type TaskArgs } from "../kubernetes/task";
import { boundedName } from "./change-id";
import { changesUpTo, type Change, type MigrationImages, type MigrationSource } from "./source";

export {
  changesUpTo,
  deployHash,
  schemaHash,
  type Change,
  type MigrationImages,
  type MigrationSource,
  type TargetedSource,
} from "./source";
export { commandSource } from "./command";
export { sqitchSource } from "./sqitch";
export { sqlSource } from "./sql";

export interface MigrationsArgs {
  readonly namespace: pulumi.Input<string>;
  readonly images: MigrationImages;
  readonly source: MigrationSource;
  /** Files of the source, as `sourceFiles` makes them once for all that mounts them. */
  readonly files: MountedFiles;
  readonly database: Postgres;
  /** Last change to deploy. `revert` reverts later ones. Default: the source's last change. */
  readonly target?: string;
  /**
   * Text that is new whenever the target changes, also back to an earlier one. Work for an earlier target is then done
   * again.
   */
  readonly generation: pulumi.Input<string>;
  /** Deploys all changes in one transaction and one task. Default: false. Each change has its own. */
  readonly together?: boolean;
  /**
   * Deploys all changes in one task, each in a transaction of its own: for a restored database, which usually has all of
   * them, so that one look is enough. Default: false. Each change has a task.
   */
  readonly restored?: boolean;
  /** Variables of the source's command beside those of the database. Default: none. */
  readonly environment?: Environment;
  /** Limit for a change, in seconds. A Job that takes longer is ended and has failed. Default: 3600. */
  readonly deadlineSeconds?: number;
  /** Key of the configuration that has this limit, which the error names. Default: none has. */
  readonly deadlineKey?: string;
}

/**
 * Migrations of a system: one task for each change, in order, which deploys and then verifies it.
 *
 * A registry in the database says what is applied. An applied change is not deployed again, an applied change with an edited
 * script is refused, and a lock prevents concurrent runs.
 *
 * Every script sets its own `lock_timeout` and `statement_timeout`; squawk refuses one that does not. In a transaction
 * the usual `lock_timeout` is 5 s: queries of the application queue behind a change that waits for a lock. If it does not get it,
 * it is tried again for ten minutes, after longer and longer pauses, if that is safe (in-pod/despite-locks.sh, repeatable.ts). With
 * CONCURRENTLY it is 5 min, since that wait blocks nobody. With `together`, in-pod/together.sh sets 60 s for Sqitch's
 * lock, as long as Sqitch itself waits for it; each script's own value applies from its first line.
 */
export class Migrations extends pulumi.ComponentResource {
  constructor(name: string, args: MigrationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Migrations", name, {}, opts);
    let previous: pulumi.Resource = args.files.resource;
    for (const task of tasksOf(args)) {
      previous = new Task(
        boundedName(`${name}-${task.id}`),
        {
          ...(args.source.command ? commandArgs(args, args.source.command) : taskArgs(args, task.mode, task.to)),
          trigger: [args.database.identity, args.generation, ...task.of.map(({ hash }) => hash)],
        },
        { parent: this, dependsOn: previous },
      );
    }
    this.registerOutputs({});
  }
}

/** End of the name of the task that deploys all changes after a restore. */
export const ofRestore = "restored";

/** A task that deploys changes, up to the last one. */
interface DeployTask {
  readonly id: string;
  readonly mode: "deploy" | "deploy-all" | "deploy-together" | "take-over";
  readonly to: string;
  readonly of: readonly Change[];
}

function tasksOf(args: Pick<MigrationsArgs, "source" | "target" | "together" | "restored">): DeployTask[] {
  const { takenOver = 0 } = args.source;
  const changes = changesUpTo(args);
  const upTo = (id: string, mode: DeployTask["mode"], of: readonly Change[]): DeployTask[] =>
    of.length === 0 ? [] : [{ id, mode, to: of.at(-1)!.name, of }];
  const due = changes.slice(takenOver);
  const each = () =>
    due.map((change): DeployTask => ({ id: change.id, mode: "deploy", to: change.name, of: [change] }));
  return [
    ...upTo("taken-over", "take-over", changes.slice(0, takenOver)),
    ...(args.together
      ? upTo("together", "deploy-together", due)
      : args.restored && !args.source.command
        ? upTo(ofRestore, "deploy-all", due)
        : each()),
  ];
}

type Work = Omit<MigrationsArgs, "generation">;

/** Reverts every change above the target, the last one first, and verifies the others. */
export class Reversion extends pulumi.ComponentResource {
  constructor(
    name: string,
    args: MigrationsArgs & { readonly target: string },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:Reversion", name, {}, opts);
    const reverted = args.source.changes.slice(changesUpTo(args).length);
    new Task(
      name,
      {
        ...taskArgs(args, "revert", args.target),
        trigger: [args.database.identity, args.generation, ...reverted.map(({ hash }) => hash)],
      },
      { parent: this, dependsOn: args.files.resource },
    );
    this.registerOutputs({});
  }
}

export interface SchemaCheckArgs extends Work {
  /** Values that run the check again when one of them changes. */
  readonly trigger: readonly pulumi.Input<string>[];
  /**
   * Runs the deploy script of a change again from which somebody has taken an index, a right or the like. The scripts must be
   * safe to repeat. What held data is not made again. Default: false. The check fails.
   */
  readonly mends?: boolean;
}

/**
 * Verifies every applied change up to the target before anything is changed, for the schema may have been changed by
 * hand. Refuses a database with a change that the source lacks. A database without any change passes.
 */
export class SchemaCheck extends pulumi.ComponentResource {
  constructor(name: string, { trigger, mends, ...args }: SchemaCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:SchemaCheck", name, {}, opts);
    const task = taskArgs(args, mends ? "mend" : "check", args.target ?? any);
    // It may run while changed servers restart.
    const command = ["sh", "/runsheet/patiently.sh", ...task.command];
    new Task(name, { ...task, command, trigger }, { parent: this, dependsOn: args.files.resource });
    this.registerOutputs({});
  }
}

/** Verifies every applied change and logs the number of rows of every table. */
export class Verification extends pulumi.ComponentResource {
  /** Identifier of the run. Resolves once the verification has succeeded. */
  readonly run: pulumi.Output<string>;

  constructor(name: string, args: Work, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Verification", name, {}, opts);
    this.run = new Task(
      name,
      { ...taskArgs(args, "verify", any), trigger: [args.database.identity] },
      { parent: this, dependsOn: args.files.resource },
    ).run;
    this.registerOutputs({});
  }
}

/**
 * Container that verifies changes up to the target. Its pod has to mount the source's files.
 * @param change last change to verify. Default: "any", every applied change
 */
export const verificationOf = ({ images, source, owner, change = any }: VerificationOnArgs): Before => ({
  ...migrate({ images, source }, "verify", change),
  environment: owner.environment(),
});

/**
 * Container that does that in a copy of the database on another host.
 * @param args.owner login for the copy
 */
export const verificationOn = (host: string, args: VerificationOnArgs): Before => ({
  ...verificationOf(args),
  environment: { ...args.owner.environment(), PGHOST: host },
});

export interface VerificationOnArgs extends Pick<MigrationsArgs, "images" | "source"> {
  readonly owner: Login;
  readonly change?: string;
}

/**
 * Makes the files of a source, for every pod that deploys, verifies or proves. Each mounts all of them, for what is
 * applied is compared with all of them. The hash of its own change decides whether a task runs.
 */
export const sourceFiles = (
  name: string,
  { namespace, source }: Pick<MigrationsArgs, "namespace" | "source">,
  parent: pulumi.Resource,
): MountedFiles => MountedFiles.shared(`${name}-project`, namespace, source.files, { parent });

function taskArgs(args: Work, mode: Mode, change: string): TaskArgs & Pick<Before, "command"> {
  return {
    ...migrate(args, mode, change),
    namespace: args.namespace,
    files: args.files,
    environment: args.database.owner.environment(),
    deadlineSeconds: args.deadlineSeconds ?? 3600,
    deadlineKey: args.deadlineKey,
  };
}

/**
 * Pod that runs the source's command, and then verifies what holds after every change. The command's output is part of
 * the error if it fails.
 */
function commandArgs(
  args: Work,
  { image, command, memoryLimit }: NonNullable<MigrationSource["command"]>,
): Omit<TaskArgs, "trigger"> {
  const { environment, owner } = { ...args, owner: args.database.owner };
  const verifying = taskArgs(args, "after", any);
  const tables = migrate(args, "tables", any);
  return {
    ...verifying,
    resources: withMemoryLimit(memoryLimit),
    before: [
      {
        ...tables,
        command: ["sh", "-c", `"$@" >${handover}/tables`, "sh", ...tables.command],
        environment: owner.environment(),
      },
      {
        image,
        command: ["sh", "-c", `exec "$@" >&2`, "sh", ...command],
        replacesVariables: true,
        environment: { ...owner.environment(), DATABASE_URL: owner.url(), ...environment },
      },
    ],
  };
}

type Mode =
  | "after"
  | "check"
  | "deploy"
  | "deploy-all"
  | "deploy-together"
  | "mend"
  | "revert"
  | "tables"
  | "take-over"
  | "verify";

/** Change that stands for every applied one. */
const any = "any";

/** Image and command of a mode of migrate.sh. */
const migrate = (
  { images, source }: Pick<MigrationsArgs, "images" | "source">,
  mode: Mode,
  change: string,
): Pick<Before, "image" | "command"> => ({
  image: images[source.image],
  command: ["sh", "/runsheet/migrate.sh", mode, source.project, change],
});
