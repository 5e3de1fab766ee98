/**
 * Prepares the restore of a database from an object store, which the variables STORE_* describe:
 *
 *     restore.cjs archive SERVER POINT    checks that the archive reaches that point
 *     restore.cjs dump NAME               downloads a dump to /dumps/restored.dump, whole or not at all
 *     restore.cjs check NAME              does the same and deletes it, to check that it could be restored
 *
 * LIVE is the Cluster whose archive it is, while that runs. The file "position" in the handover directory holds its
 * current LSN. UNKNOWN is a Cluster that must not exist. If STOPS is set, TARGET is restored after REPLACES was
 * stopped.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { handover, unneeded } from "../../kubernetes/init-containers";
import { ask, namespace, unlessMissing } from "../../kubernetes/in-pod/cluster-api";
import { originOf } from "./signature";
import { fetchDump } from "./stored";
import { storeOf } from "../../object-store/in-pod/client";
import { hibernation } from "../../postgres/names";
import { readArchive, segmentAt, unreachable, type ArchiveContents, type Unreachable } from "./archive";

interface Cluster {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

const { LIVE: live, UNKNOWN: unknown, STOPS: stops, TARGET: target, REPLACES: replaces } = process.env;
const store = storeOf(process.env);
const path = join(process.env.RUNSHEET_DUMPS ?? "/dumps", "restored.dump");

/**
 * Time to wait for missing WAL while the database runs, in milliseconds. It archives a segment at least every minute.
 */
const patience = 120_000;

/** Reads the Cluster of that name. Undefined if there is none. */
const cluster = (name: string): Promise<Cluster | undefined> =>
  ask<Cluster>(`/apis/postgresql.cnpg.io/v1/namespaces/${namespace()}/clusters/${name}`).catch(unlessMissing);

/** Throws Error if a database exists that this restore would delete without being told to. */
async function refuseUnknown(): Promise<void> {
  if (unknown && (await cluster(unknown)))
    throw new Error(
      `the database ${unknown} exists, but the stack's outputs do not name it, since no up has completed. ` +
        `What to do: set restore.replaces to ${unknown} if it may be replaced`,
    );
}

/** Throws Error if an earlier attempt restored the end of the WAL, and the replaced database has taken writes since. */
async function refuseEarlier(): Promise<void> {
  if (!stops || !target || !replaces || !(await cluster(target))) return;
  const given = await cluster(replaces);
  if (given && given.metadata.annotations?.[hibernation] !== "on")
    throw new Error(
      `the database ${target} is left from an earlier attempt of this restore and lacks what was written to ${replaces} since. ` +
        "What to do: remove restore from the configuration and run up, which deletes that database (if protect is set, " +
        "after pulumi state unprotect); then set it again",
    );
}

/**
 * Checks whether an earlier `up` has stopped the replaced database. A rehearsal would then only lengthen the outage.
 */
async function isUnderWay(): Promise<boolean> {
  return Boolean(stops && replaces) && (await cluster(replaces!))?.metadata.annotations?.[hibernation] === "on";
}

/** Returns the live database's error about its archive. Undefined if there is none, or it reports nothing. */
async function archivingProblem(): Promise<string | undefined> {
  const conditions = (live && (await cluster(live))?.status?.conditions) || [];
  const archiving = conditions.find(({ type }) => type === "ContinuousArchiving");
  return archiving?.status === "False" ? (archiving.message ?? "it reports no reason") : undefined;
}

/** Checks that the archive has the commit that was just written; see `lastCommit` in restore.ts. */
function notArchived({ segments }: ArchiveContents, point: string): Unreachable | undefined {
  const file = join(handover, "position");
  if (!live || point === "latest" || !existsSync(file)) return undefined;
  const position = readFileSync(file, "utf8").trim();
  if (position === "" || segments.at(-1)!.number >= segmentAt(position)) return undefined;
  return { why: `the database ${live} is at ${position}, which its archive does not have yet`, late: true };
}

const commands: Readonly<Record<string, (name: string, point: string) => Promise<void>>> = {
  async archive(server, point) {
    await refuseUnknown();
    await refuseEarlier();
    if (await isUnderWay()) writeFileSync(unneeded, "");
    const problem = await archivingProblem();
    const end = Date.now() + patience;
    for (;;) {
      const contents = await readArchive(store, server);
      const found = unreachable(contents, point, new Date()) ?? notArchived(contents, point);
      if (found === undefined && problem !== undefined && point === "latest")
        throw new Error(
          `the database ${live} does not archive its WAL: ${problem}. What is not in the archive would be lost. ` +
            `What to do: repair that, or set restore.from to a time before ${contents.segments.at(-1)!.arrived.toISOString()}`,
        );
      if (found === undefined) {
        const last = contents.segments.at(-1)!.arrived.toISOString();
        return console.log(
          `the archive ${server} has ${contents.backups.length} base backups, and the WAL up to ${last}`,
        );
      }
      if (!live || problem !== undefined || !found.late || Date.now() > end)
        throw new Error(`the archive ${store.url(server)} cannot restore ${point}: ${found.why}`);
      await sleep(2000);
    }
  },

  async dump(name) {
    const { bytes, taken, change, selection } = await fetchDump(store, name, path, originOf(process.env));
    if (selection)
      throw new Error(
        `${name} is a dump of some schemas, which can be restored only into a database that the stack does not make (postgres.engine existing)`,
      );
    const schema = change ? `the schema up to ${change}` : "no migration";
    console.log(`fetched ${name}: ${(bytes / 1e6).toFixed(1)} MB, taken ${taken}, with ${schema}`);
  },

  async check(name) {
    await refuseUnknown();
    await refuseEarlier();
    await commands.dump!(name, "");
    for (const file of readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path))))
      rmSync(join(dirname(path), file));
  },
};

async function main(): Promise<void> {
  const [name = "", first = "", second = ""] = process.argv.slice(2);
  const command = commands[name];
  if (!command) throw new Error(`unknown command "${name}"; commands: ${Object.keys(commands).join(", ")}`);
  await command(first, second);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
