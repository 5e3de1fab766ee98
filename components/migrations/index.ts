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
  /** The image with Sqitch, psql and DBD::Pg. */
  readonly image: string;
  /** The directory of the Sqitch project: sqitch.plan, deploy/, verify/, revert/. */
  readonly project: string;
  readonly database: Postgres;
  /** The last change to have; later ones are reverted by `revert`. Default: the plan's last. */
  readonly target?: string;
  /** New whenever the target changes, also back to an earlier one: what an earlier target did or undid is then done again. */
  readonly generation: pulumi.Input<string>;
  /** Whether all changes are deployed in one transaction, by one task. Default: a transaction and a task each. */
  readonly together?: boolean;
  /** A change that takes longer than this many seconds is ended. Default: 3600. */
  readonly deadlineSeconds?: number;
}

/**
 * A system's migrations: a task for each change, which deploys it and then verifies it, one after the other.
 *
 * Sqitch keeps a record in the database: what is applied is not applied again, an applied change whose script was
 * edited is refused, and a lock keeps two runs apart.
 */
export class Migrations extends pulumi.ComponentResource {
  /** The project, as pods mount it. */
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

/** Takes back every change above the target, the last one first, then verifies what is left. */
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
  /** When it is checked again. */
  readonly trigger: readonly pulumi.Input<string>[];
  /** What the check waits for. Default: nothing. */
  readonly after?: pulumi.Resource;
}

/**
 * Verifies every change that is applied, up to the target, before anything is changed: somebody may have changed the schema by
 * hand. Refuses a database that has a change which the project lacks. One without any change passes.
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

/** Verifies every change that is applied, whichever they are, and counts the rows of every table for the log. */
export class Verification extends pulumi.ComponentResource {
  /** Known when it has succeeded. */
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
 * A container of a pod that mounts the project, which verifies a copy of the database on another host.
 * @param owner the login with which the copy is reached
 * @param change a change that must be applied. Default: whatever is applied is verified
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

/** What identifies the schema that the target stands for: the scripts of every change up to it. */
export const schemaHash = (args: Schema): string => hashUpTo(args, kinds);

/** The same without what only looks at the schema or takes it back. */
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

/** What the scripts of every project may include: they find it in the same directory as themselves. */
const included = join(__dirname, "in-pod", "included");

/**
 * The whole project, for every task: Sqitch compares what is applied with the whole plan. Which task has to run is
 * decided by its own change's scripts.
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
