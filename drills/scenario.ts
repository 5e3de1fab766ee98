import { setTimeout as sleep } from "node:timers/promises";
import { ClusterDatabase } from "./cluster-database";
import type { DrilledDatabase } from "./database";
import { ExistingDatabase } from "./existing-database";
import type { Kubectl } from "./kubectl";
import { lossOf, rowsOverTime, type Loss, type RowsOverTime, type WrittenRow } from "./measure";
import type { DrilledStack } from "./stack";
import type { StackSettings } from "./stack-settings";
import type { Timeline } from "./timeline";
import type { ScenarioName } from "../stack/drills";
import { Writer } from "./writer";

/** Environment of a scenario. */
export interface Drill {
  readonly stack: DrilledStack;
  readonly kubectl: Kubectl;
  readonly timeline: Timeline;
  /** Directory of the drill's files. An interrupted drill continues with the same one. */
  readonly directory: string;
  /** Time to restore a database to, in ISO 8601. Default: the last moment before the disaster. */
  readonly at?: string;
  /**
   * Checks that the context still leads to the cluster, and Pulumi to the backend, with which the drill began.
   * @throws Error with what is another
   */
  readonly expectSamePlace: () => Promise<void>;
}

/** Wishes for a drill, beside the system. */
export interface Wanted {
  /** Time to restore a database to. Default: the last moment before the disaster. */
  readonly at?: string;
  readonly now: Date;
}

/** Cost of a disaster for a system. */
export interface Recovery {
  readonly system: string;
  /** Time at which its service was verified again, in milliseconds since 1970. */
  readonly recovered: number;
  readonly loss: Loss;
  /** Rows that were written, with times in milliseconds since 1970. Default: no rows were written. */
  readonly rows?: RowsOverTime;
  readonly restoredFrom: Source;
  /** Sentences on what was verified, and how. */
  readonly verified: readonly string[];
}

/** Origin of what a system continues with. What is undefined was not known to the drill. */
export interface Source {
  /** Kind, such as a dump. */
  readonly kind: string;
  /** Name of the dump, of the server in the archive, and so on. */
  readonly name?: string;
  /** Time to which it was restored: ISO 8601, or `latest`. */
  readonly time?: string;
  /** Checksum of a dump. */
  readonly sha256?: string;
}

/** Result of a scenario. */
export interface Outcome {
  /** Time of the disaster, in milliseconds since 1970. */
  readonly disaster: number;
  readonly systems: readonly Recovery[];
  /** Notes that are needed to interpret the figures. Default: []. */
  readonly notes?: readonly string[];
}

/** Disaster and the recovery from it. */
export interface Scenario {
  readonly name: ScenarioName;
  /** Heading in the runbook. */
  readonly title: string;
  /** Summary in one line. */
  readonly description: string;
  /** Objectives where the stack's configuration has no others, in seconds. */
  readonly rto: number;
  readonly rpo: number;
  /** Systems that it can run on: any one; only some; or "stack", all of the stack's together. */
  readonly systems: "any" | "stack" | readonly string[];
  /** True if it runs in a copy: nothing of the stack is changed. Default: false. */
  readonly inCopy?: boolean;
  /** Warns of what the drill costs on that stack, before the question. Default: nothing beyond `description`. */
  warning?(stack: StackSettings, system: string, wanted: Wanted): string | undefined;
  /** Explains why a stack is unsuitable, and the remedy. Undefined if it is suitable. Default: every stack is. */
  unsuitable?(stack: StackSettings, system: string): string | undefined;
  /** Explains why the cluster is unsuitable, and the remedy. Undefined if it is suitable. Default: every cluster is. */
  unfitCluster?(
    place: { readonly kubectl: Kubectl; readonly stack: DrilledStack },
    system: string,
    wanted: Pick<Wanted, "at">,
  ): Promise<string | undefined>;
  /**
   * Runs the scenario.
   * @throws the error of a failed step; the drill can then be continued
   */
  run(drill: Drill, system: string): Promise<Outcome>;
}

/** Time for which rows are written before a disaster, in seconds. */
export const loadSeconds = 20;

/** Returns the system's database of that name. */
export function databaseOf({ stack, kubectl }: Drill, system: string, name: string): DrilledDatabase {
  const namespace = stack.namespace(system);
  return stack.hasExisting(system)
    ? new ExistingDatabase(kubectl, namespace, name, system, stack.postgresqlImage(system), stack.hasCa(system))
    : new ClusterDatabase(kubectl, namespace, name);
}

/** Explains why the database of a system is not one that the stack makes. Undefined if it is. */
export const unlessMade = (stack: StackSettings, system: string): string | undefined =>
  stack.hasExisting(system)
    ? `the database of ${system} exists without the stack ${stack.name}: this drill is for databases that the stack makes`
    : undefined;

/** Explains why the Redis of a system is not one that the stack makes. Undefined if it is. */
export function unlessRedisMade(stack: StackSettings, system: string): string | undefined {
  const { engine } = stack.configured<{ readonly engine?: string }>(`${system}:redis`) ?? {};
  return engine === "kubernetes"
    ? undefined
    : `the Redis of ${system} is not the stack's own (${system}:redis.engine is ${engine ?? "not set"}): this drill is for one in the cluster, with the engine kubernetes`;
}

/** Explains that a stack archives nothing. Undefined if it does. */
export const unlessArchived = (stack: StackSettings): string | undefined =>
  stack.configured("runsheet:backups") === undefined
    ? `the stack ${stack.name} has no archive to restore from: set runsheet:backups first`
    : undefined;

/** Kind of a source: base backups and WAL. */
export const archive = "archive of base backups and WAL";

/** Sentences on a restore, which are true once `up` has succeeded and the rows are counted. */
export const verifiedRestore = [
  "Before anything used it, pulumi up verified what was restored by the verify scripts of every change that is applied.",
  "The acknowledged rows were looked for by their ids.",
] as const;

/** Compares the acknowledged rows with those that were found. See `lossOf`. */
export const measured = (written: readonly WrittenRow[], found: readonly number[], disaster: number) => ({
  loss: lossOf(written, found, disaster),
  rows: rowsOverTime(written, found, disaster),
});

/** Starts a writer, and resolves to it once it has written rows for a while. */
export async function loaded({ timeline }: Drill, database: DrilledDatabase): Promise<Writer> {
  const writer = new Writer(database);
  await timeline.step(`write rows for ${loadSeconds} s`, async () => {
    await writer.start();
    await sleep(loadSeconds * 1000);
  });
  return writer;
}

/**
 * Restores a system's database in place of `given`, and resolves to the new live one.
 * @param from what to restore, as the key `restore.from` has it
 */
export async function restored(drill: Drill, system: string, from: string, given: string): Promise<DrilledDatabase> {
  const { stack, timeline } = drill;
  await timeline.step("restore, verify, and bring the workloads back (pulumi up)", () =>
    stack.up({ [`${system}:restore`]: { from, replaces: given } }),
  );
  return databaseOf(drill, system, await timeline.step("find the restored database", () => stack.live(system)));
}

/**
 * Removes everything of the drill but the restored database. A stack with `protect` keeps one that was replaced.
 * Resolves to the notes for the report.
 */
export async function cleanUp(
  { stack, timeline }: Drill,
  system: string,
  database: DrilledDatabase,
  writer: Writer,
  given: string,
): Promise<string[]> {
  await timeline.step("remove what the drill has written", async () => {
    await writer.stop();
    await database.dropTable();
  });
  if (database.name === given) {
    await timeline.step("remove the restore's Jobs (pulumi up)", () => stack.up());
    return [];
  }
  if (stack.isProtected)
    return [`${given} is stopped and kept, because the stack protects its data: ${system}:discard releases it.`];
  await timeline.step(`discard ${given} (pulumi up)`, () => stack.up({ [`${system}:discard`]: [given] }));
  return [];
}
