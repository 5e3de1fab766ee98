/**
 * What a pod does before a database is brought back from an object store, which the variables STORE_* describe:
 *
 *     restore.cjs archive SERVER POINT    whether the archive reaches that moment
 *     restore.cjs dump NAME               brings a dump to /dumps/restored.dump, whole or not at all
 *     restore.cjs check NAME              the same, and throws it away: whether it could be brought back
 *
 * LIVE is the Cluster whose archive it is, as long as that runs, and the file "position" in the handover says where its log was
 * just now; UNKNOWN is one that must not be there. Where STOPS is set, TARGET is brought back after REPLACES was stopped.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { handover, unneeded } from "../../kubernetes/init-containers";
import { ask, namespace, Refused } from "../../kubernetes/in-pod/cluster-api";
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

/** How long a part of the log that is missing is waited for while the database runs: it archives one every minute. */
const patience = 120_000;

/** The Cluster of that name; undefined if there is none. */
async function cluster(name: string): Promise<Cluster | undefined> {
  try {
    return await ask<Cluster>(`/apis/postgresql.cnpg.io/v1/namespaces/${namespace()}/clusters/${name}`);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}

/** Throws Error if a database is there that this restore would delete without being told to. */
async function refuseUnknown(): Promise<void> {
  if (unknown && (await cluster(unknown)))
    throw new Error(
      `there is a database ${unknown} that the stack's outputs do not name, since no up came to its end. ` +
        `What to do: name it in restore.replaces, if it is to be given up`,
    );
}

/** Throws Error if an earlier attempt brought back the end of the log, and the one that it replaces has been at work since. */
async function refuseEarlier(): Promise<void> {
  if (!stops || !target || !replaces || !(await cluster(target))) return;
  const given = await cluster(replaces);
  if (given && given.metadata.annotations?.[hibernation] !== "on")
    throw new Error(
      `the database ${target} is there from an earlier attempt of this restore, and lacks what ${replaces} was told since. ` +
        "What to do: take the restore out of the configuration and run up, which deletes it (where the stack protects its data, " +
        "after pulumi state unprotect); then set it again",
    );
}

/** Whether an earlier `up` has stopped the database that is replaced: a rehearsal would only make that longer. */
async function isUnderWay(): Promise<boolean> {
  return Boolean(stops && replaces) && (await cluster(replaces!))?.metadata.annotations?.[hibernation] === "on";
}

/** What the live database says of its archive; undefined if all is well, or it says nothing. */
async function archivingProblem(): Promise<string | undefined> {
  const conditions = (live && (await cluster(live))?.status?.conditions) || [];
  const archiving = conditions.find(({ type }) => type === "ContinuousArchiving");
  return archiving?.status === "False" ? (archiving.message ?? "it does not say why") : undefined;
}

/** PostgreSQL finds a moment by a commit after it: that one, which was just made, has to be in the archive. */
function notArchived({ segments }: ArchiveContents, point: string): Unreachable | undefined {
  const file = join(handover, "position");
  if (!live || point === "latest" || !existsSync(file)) return undefined;
  const position = readFileSync(file, "utf8").trim();
  if (position === "" || segments.at(-1)!.number >= segmentAt(position)) return undefined;
  return { why: `the database ${live} is at ${position}, and its archive does not have that yet`, late: true };
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
          `the database ${live} does not archive what is written: ${problem}. What is not in the archive would be lost. ` +
            `What to do: mend that, or restore.from a time before ${contents.segments.at(-1)!.arrived.toISOString()}`,
        );
      if (found === undefined) {
        const last = contents.segments.at(-1)!.arrived.toISOString();
        return console.log(
          `the archive ${server} has ${contents.backups.length} base backups, and the log up to ${last}`,
        );
      }
      if (!live || problem !== undefined || !found.late || Date.now() > end)
        throw new Error(`the archive ${store.url(server)} cannot bring back ${point}: ${found.why}`);
      await sleep(2000);
    }
  },

  async dump(name) {
    const { bytes, taken, change } = await fetchDump(store, name, path);
    const schema = change ? `the schema up to ${change}` : "no migration";
    console.log(`fetched ${name}: ${(bytes / 1e6).toFixed(1)} MB, taken ${taken}, with ${schema}`);
  },

  async check(name) {
    await refuseUnknown();
    await refuseEarlier();
    await commands.dump!(name, "");
    for (const file of [path, `${path}.roles`]) rmSync(file);
  },
};

async function main(): Promise<void> {
  const [name = "", first = "", second = ""] = process.argv.slice(2);
  const command = commands[name];
  if (!command) throw new Error(`"${name}" is no command: there are ${Object.keys(commands).join(", ")}`);
  await command(first, second);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
