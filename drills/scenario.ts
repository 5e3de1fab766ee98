import { setTimeout as sleep } from "node:timers/promises";
import type { RestorePoint } from "../components/system/database-plan";
import { DrilledDatabase } from "./database";
import type { Kubectl } from "./kubectl";
import type { Loss } from "./measure";
import type { DrilledStack } from "./stack";
import type { Timeline } from "./timeline";
import { Writer } from "./writer";

/** What a scenario works with. */
export interface Drill {
  readonly stack: DrilledStack;
  readonly kubectl: Kubectl;
  readonly timeline: Timeline;
  /** The moment to which a database is brought back, in ISO 8601. Default: the last before the disaster. */
  readonly at?: string;
}

/** What a disaster cost a system. */
export interface Recovery {
  readonly system: string;
  /** When its service was there again, and verified: in milliseconds since 1970. */
  readonly recovered: number;
  readonly loss: Loss;
}

/** What a scenario found. */
export interface Outcome {
  /** In milliseconds since 1970. */
  readonly disaster: number;
  readonly systems: readonly Recovery[];
  /** What whoever reads the figures has to know. Default: nothing. */
  readonly notes?: readonly string[];
}

/** A disaster, and the way out of it. */
export interface Scenario {
  readonly name: string;
  /** The runbook's heading. */
  readonly title: string;
  /** What happens, in a line. */
  readonly description: string;
  /** What is promised, in seconds. */
  readonly rto: number;
  readonly rpo: number;
  /** Which it is for: any system, by itself; only some; or "stack": all of the stack's together. */
  readonly systems: "any" | "stack" | readonly string[];
  /** Why a stack is none for it, and what to do about that; undefined if it is one. Default: every stack is. */
  unsuitable?(stack: DrilledStack, system: string): string | undefined;
  /** Throws what a step of it fails with: then the drill can be continued. */
  run(drill: Drill, system: string): Promise<Outcome>;
}

/** How long rows are written before a disaster. */
export const loadSeconds = 20;

/** The system's live database when the drill began, with somebody who writes to it. */
export async function loadedDatabase({ stack, kubectl, timeline }: Drill, system: string) {
  const { live, server } = await timeline.step("find the live database", () => stack.databases(system));
  const database = new DrilledDatabase(kubectl, stack.namespace(system), live);
  const writer = new Writer(database);
  await timeline.step(`write rows for ${loadSeconds} s`, async () => {
    await writer.start();
    await sleep(loadSeconds * 1000);
  });
  return { database, server, writer };
}

/** Brings a system's database back in the place of `given`; resolves with the one that is live then. */
export async function restored(
  { stack, kubectl, timeline }: Drill,
  system: string,
  from: RestorePoint,
  given: string,
): Promise<DrilledDatabase> {
  const point = typeof from === "object" && "time" in from ? from.time : from;
  await timeline.step("restore, verify, and bring the workloads back (pulumi up)", () =>
    stack.up({ [`${system}:restore`]: { from: point, replaces: given } }),
  );
  const { live } = await timeline.step("find the restored database", () => stack.databases(system));
  return new DrilledDatabase(kubectl, stack.namespace(system), live);
}

/**
 * Leaves nothing of the drill but the restored database. A stack that protects its data keeps the one that was given up.
 * Resolves with what whoever reads the report has to know.
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
    await database.sql("DROP TABLE IF EXISTS runsheet_drill");
  });
  if (stack.isProtected)
    return [`${given} is stopped and kept, because the stack protects its data: ${system}:discard releases it.`];
  await timeline.step(`discard ${given} (pulumi up)`, () => stack.up({ [`${system}:discard`]: [given] }));
  return [];
}
