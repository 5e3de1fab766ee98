import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Before } from "../kubernetes/init-containers";
import { readFiles, MountedFiles } from "../kubernetes/mounted-files";
import { contentHash } from "../identity/hash";
import type { Login, Postgres } from "../postgres";
import { Task, type TaskArgs } from "../kubernetes/task";
import { changesUpTo, readPlan } from "./plan";

export { changesUpTo, readPlan, type Plan } from "./plan";

export interface MigrationsArgs {
  readonly namespace: pulumi.Input<string>;
  /** Image with Sqitch, psql and DBD::Pg. */
  readonly image: string;
  /** Directory of the Sqitch project: sqitch.plan, deploy/, verify/, revert/. */
  readonly project: string;
  readonly database: Postgres;
  /** Last change to deploy. `revert` reverts later ones. Default: the plan's last change. */
  readonly target?: string;
  /**
   * Text that is new whenever the target changes, also back to an earlier one. Work for an earlier target is then done
   * again.
   */
  readonly generation: pulumi.Input<string>;
  /** Deploys all changes in one transaction and one task. Default: false. Each change has its own. */
  readonly together?: boolean;
  /** Limit for a change, in seconds. A Job that takes longer is ended and has failed. Default: 3600. */
  readonly deadlineSeconds?: number;
}

/**
 * Migrations of a system: one task for each change, in order, which deploys and then verifies it.
 *
 * Sqitch keeps a registry in the database. An applied change is not deployed again, an applied change with an edited
 * script is refused, and a lock prevents concurrent runs.
 *
 * Every script sets its own `lock_timeout` and `statement_timeout`; squawk refuses one that does not. In a transaction
 * the usual `lock_timeout` is 5 s: queries of the application queue behind a change that waits for a lock. With
 * CONCURRENTLY it is 5 min, since that wait blocks nobody. With `together`, in-pod/migrate.sh sets 60 s for Sqitch's
 * lock, as long as Sqitch itself waits for it; each script's own value applies from its first line.
 */
export class Migrations extends pulumi.ComponentResource {
  /** Sqitch project, for pods to mount. */
  readonly files: MountedFiles;

  constructor(name: string, args: MigrationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Migrations", name, {}, opts);
    const { project } = readPlan(args.project);
    const files = (this.files = projectFiles(name, args, this));
    const changes = changesUpTo(args);
    const last = changes.at(-1);
    const tasks = changes.map((change) => ({ name: change, mode: "deploy", to: change, of: [change] }) as const);
    const together = last ? [{ name: "together", mode: "deploy-together", to: last, of: changes } as const] : [];
    let previous: pulumi.Resource = files.resource;
    for (const task of args.together ? together : tasks) {
      previous = new Task(
        `${name}-${task.name.replaceAll("_", "-").toLowerCase()}`,
        {
          ...taskArgs(args, files),
          command: migrate(task.mode, project, task.to),
          trigger: [
            args.database.identity,
            args.generation,
            ...task.of.map((change) => changeHash(args.project, change)),
          ],
        },
        { parent: this, dependsOn: previous },
      );
    }
    this.registerOutputs({});
  }
}

type Project = Omit<MigrationsArgs, "generation">;

/** Reverts every change above the target, the last one first, and verifies the others. */
export class Reversion extends pulumi.ComponentResource {
  constructor(
    name: string,
    args: MigrationsArgs & { readonly target: string },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:Reversion", name, {}, opts);
    const { changes, project } = readPlan(args.project);
    const reverted = changes.slice(changesUpTo(args).length);
    const files = projectFiles(name, args, this);
    new Task(
      name,
      {
        ...taskArgs(args, files),
        command: migrate("revert", project, args.target),
        trigger: [
          args.database.identity,
          args.generation,
          ...reverted.map((change) => changeHash(args.project, change)),
        ],
      },
      { parent: this, dependsOn: files.resource },
    );
    this.registerOutputs({});
  }
}

export interface SchemaCheckArgs extends Project {
  /** Values that run the check again when one of them changes. */
  readonly trigger: readonly pulumi.Input<string>[];
  /** Dependency of the check. Default: none. */
  readonly after?: pulumi.Resource;
}

/**
 * Verifies every applied change up to the target before anything is changed, for the schema may have been changed by
 * hand. Refuses a database with a change that the project lacks. A database without any change passes.
 */
export class SchemaCheck extends pulumi.ComponentResource {
  constructor(name: string, { trigger, after, ...args }: SchemaCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:SchemaCheck", name, {}, opts);
    const { project } = readPlan(args.project);
    const files = projectFiles(name, args, this);
    const command = migrate("check", project, args.target ?? "any");
    const dependsOn = [files.resource, ...(after ? [after] : [])];
    new Task(name, { ...taskArgs(args, files), command, trigger }, { parent: this, dependsOn });
    this.registerOutputs({});
  }
}

/** Verifies every applied change and logs the number of rows of every table. */
export class Verification extends pulumi.ComponentResource {
  /** Identifier of the run. Resolves once the verification has succeeded. */
  readonly run: pulumi.Output<string>;

  constructor(name: string, args: Project, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:Verification", name, {}, opts);
    const { project } = readPlan(args.project);
    const files = projectFiles(name, args, this);
    const command = migrate("verify", project, "any");
    this.run = new Task(
      name,
      { ...taskArgs(args, files), command, trigger: [args.database.identity] },
      { parent: this, dependsOn: files.resource },
    ).run;
    this.registerOutputs({});
  }
}

/**
 * Container that verifies changes up to the target in a copy of the database on another host. Its pod has to mount the
 * project.
 * @param owner login for the copy
 * @param change last change to verify. Default: "any", every applied change
 */
export const verificationOn = (
  host: string,
  { image, project, owner, change = "any" }: VerificationOnArgs,
): Before => ({
  image,
  command: migrate("verify", readPlan(project).project, change),
  environment: { ...owner.environment(), PGHOST: host },
});

export interface VerificationOnArgs extends Pick<MigrationsArgs, "image" | "project"> {
  readonly owner: Login;
  readonly change?: string;
}

/** Hashes the schema of the target: all scripts of every change up to it. */
export const schemaHash = (args: Schema): string => hashUpTo(args, kinds);

/** Hashes only the deploy scripts of every change up to the target. */
export const deployHash = (args: Schema): string => hashUpTo(args, ["deploy"]);

interface Schema {
  readonly project: string;
  readonly target?: string;
}

const kinds = ["deploy", "verify", "revert"];

const hashUpTo = (args: Schema, of: readonly string[]) =>
  contentHash(changesUpTo(args).map((change) => changeHash(args.project, change, of)));

function changeHash(project: string, change: string, of: readonly string[] = kinds): string {
  return contentHash(of.map((kind) => readFileSync(join(project, kind, `${change}.sql`), "utf8")));
}

/** Scripts that every project may include. They are mounted into its directory. */
const included = join(__dirname, "in-pod", "included");

/**
 * Mounts the whole project for every task, for Sqitch compares the applied changes with the whole plan. The hash of its
 * own change decides whether a task runs.
 */
export function projectFiles(
  name: string,
  args: Pick<MigrationsArgs, "namespace" | "project">,
  parent: pulumi.Resource,
): MountedFiles {
  const files = { ...readFiles(included), ...readFiles(args.project) };
  const project = Object.entries(files).map(([path, text]) => [`project/${path}`, text] as const);
  const script = readFileSync(join(__dirname, "in-pod", "migrate.sh"), "utf8");
  return MountedFiles.shared(
    `${name}-project`,
    args.namespace,
    { ...Object.fromEntries(project), "migrate.sh": script },
    { parent },
  );
}

function taskArgs(args: Project, files: MountedFiles): Omit<TaskArgs, "command"> {
  return {
    namespace: args.namespace,
    image: args.image,
    files,
    environment: args.database.owner.environment(),
    deadlineSeconds: args.deadlineSeconds ?? 3600,
  };
}

type Mode = "check" | "deploy" | "deploy-together" | "revert" | "verify";

function migrate(mode: Mode, project: string, change: string): string[] {
  return ["sh", "/runsheet/migrate.sh", mode, project, change];
}
