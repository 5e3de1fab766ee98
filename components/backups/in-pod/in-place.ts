/**
 * Steps of a restore into the database that exists, around the scripts that dump, replace and verify it. The
 * environment has RESTORE, the restore's identifier; DUMP, the name of the dump; WRITERS, the system whose writers are to be
 * stopped, if the namespace has other things as well; SAFETY, the beginning of the name of the dump of the state before,
 * empty if none is to be taken; SECONDS, the limit for the writers to end; RUNSHEET_DUMPS and RUNSHEET_HANDOVER, the
 * directories of the dump and of what containers hand over.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { failure, handover, unneeded } from "../../kubernetes/init-containers";
import { ask, namespace, unlessMissing } from "../../kubernetes/in-pod/cluster-api";
import { connectPostgres } from "../../postgres/in-pod/client";
import {
  recordIn,
  recordKey,
  recordName,
  recordPath,
  safetyDumpFile,
  unfinished,
  type RestoreRecord,
} from "../restore-record";
import { acceptLogins, planRefusal, refuseLogins } from "./refused-logins";
import type { Manifest } from "./stored";
import { runningWriters, startWriters, stopWriters } from "./writers";

const value = (name: string) => process.env[name] ?? "";
const path = () => join(process.env.RUNSHEET_DUMPS ?? "/dumps", "restored.dump");
const schemas = () => readFileSync(`${path()}.schemas`, "utf8").trim().split("\n");
const handed = (file: string) => join(process.env.RUNSHEET_HANDOVER ?? handover, basename(file));
/** File that says that an earlier run may have replaced the database. */
const uncertainFile = "uncertain";

/**
 * Downloads the dump, unless this restore was done before. Names the dump of the state before, unless an earlier run has
 * taken it and kept the writers out since.
 * @param fetch downloads a dump to a path
 * @throws Error if it is a dump of a whole database
 */
export async function begin(fetch: (dump: string, path: string) => Promise<Manifest>): Promise<void> {
  const record = await read();
  if (record?.step === "done" && record.id === value("RESTORE")) return writeFileSync(handed(unneeded), "");
  const left = unfinished(record);
  const keptOut = left !== undefined && left.step !== "stopped";
  if (keptOut) writeFileSync(handed(uncertainFile), "");
  const [dump, safety] = [value("DUMP"), value("SAFETY")];
  const manifest = await fetch(dump, path());
  if (!manifest.selection)
    throw new Error(
      `${dump} is a dump of a database that the stack made; it can be restored only into such a one (postgres.engine cloudnativepg)`,
    );
  if (manifest.proof !== "restored") writeFileSync(`${path()}.unproven`, "");
  console.log(`fetched ${dump}, taken ${manifest.taken}: ${manifest.rows} rows in ${manifest.tables} tables`);
  const now = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  if (safety && (!keptOut || left.safetyDump === undefined)) writeFileSync(handed(safetyDumpFile), `${safety}-${now}`);
}

/** Stops the writers and refuses logins, after recording both. */
export async function stop(): Promise<void> {
  const left = unfinished(await read());
  const client = await connectPostgres({});
  try {
    const logins = left?.logins ?? (await planRefusal(client, schemas()));
    const writers = await runningWriters(left?.writers, value("WRITERS") || undefined);
    const { safetyDump, step = "stopped" } = left ?? {};
    await write({ id: value("RESTORE"), dump: value("DUMP"), safetyDump, writers, logins, step });
    await stopWriters(writers, Number(value("SECONDS")));
    const { refused, admitted } = await refuseLogins(client, schemas(), logins);
    const { rows } = await client.query<{ login: string }>("SELECT current_user AS login");
    console.log(`stopped: ${Object.keys(writers.deployments).sort().join(", ") || "nothing that runs"}`);
    console.log(`refused to log in: ${refused.join(", ") || "nobody"}`);
    console.log(`not refused: ${[...admitted, rows[0]!.login].join(", ")}; the tables are locked to them meanwhile`);
  } finally {
    await client.end();
  }
}

/** Records the dump of the state before, if one was taken, and that the database is about to be replaced. */
export async function saved(): Promise<void> {
  const record = (await read())!;
  const taken = existsSync(handed(safetyDumpFile))
    ? `before-migration/${readFileSync(handed(safetyDumpFile), "utf8")}`
    : record.safetyDump;
  await write({ ...record, safetyDump: taken, step: "replacing" });
}

/**
 * Starts what was stopped and accepts the logins, if the database is restored and verified, or is as it was.
 * @throws Error that says what state is left, if the restore failed
 */
export async function resume(): Promise<void> {
  const record = unfinished(await read());
  if (!record) {
    if (existsSync(handed(failure)))
      throw new Error("Nothing was stopped for the restore, and the database is as it was.");
    return;
  }
  const state = existsSync(`${path()}.state`) ? readFileSync(`${path()}.state`, "utf8").trim() : "as it was";
  if (state === "replaced" && !existsSync(handed(failure))) {
    await bringBack(record);
    return write({ ...record, step: "done" });
  }
  if (state === "as it was" && !existsSync(handed(uncertainFile))) {
    await bringBack(record);
    await remove();
    throw new Error("The database is as it was, and what was stopped for the restore runs again.");
  }
  await write({ ...record, step: "unverified" });
  throw new Error(unverified(record, state));
}

/** Reports a success. */
export async function report(): Promise<void> {
  const { dump, safetyDump } = (await read())!;
  console.log(
    existsSync(handed(unneeded)) ? `${dump} was restored by an earlier run` : `restored ${dump} and verified it`,
  );
  console.log(safetyDump ? `the state before is in the dump ${safetyDump}` : "no dump was taken of the state before");
}

/** Starts and accepts what a restore has left stopped that is no longer in the configuration. */
export async function takeBack(): Promise<void> {
  const record = unfinished(await read());
  if (!record) return console.log("no restore has left anything stopped");
  await bringBack(record);
  await remove();
  const verified = record.step === "stopped" ? "" : ", with a database that may have its contents and is not verified";
  console.log(`what was stopped for the restore of ${record.dump} runs again${verified}`);
}

async function read(): Promise<RestoreRecord | undefined> {
  const found = await ask<{ data?: Record<string, string> }>(recordPath(namespace())).catch(unlessMissing);
  return found && recordIn(found);
}

async function write(record: RestoreRecord): Promise<void> {
  const data = { [recordKey]: JSON.stringify(record) };
  const there = await ask(recordPath(namespace()), { method: "PATCH", body: { data } }).catch(unlessMissing);
  const configMap = { metadata: { name: recordName }, data };
  if (!there) await ask(`/api/v1/namespaces/${namespace()}/configmaps`, { method: "POST", body: configMap });
}

const remove = () => ask(recordPath(namespace()), { method: "DELETE" }).catch(unlessMissing);

async function bringBack({ writers, logins }: RestoreRecord): Promise<void> {
  if (logins.roles.length > 0 || logins.connect) {
    const client = await connectPostgres({});
    await acceptLogins(client, logins).finally(() => client.end());
  }
  await startWriters(writers);
}

function unverified({ dump, safetyDump }: RestoreRecord, state: string): string {
  const contents = state === "replaced" ? `has the contents of ${dump}` : `may have the contents of ${dump}`;
  const other = safetyDump ? `, such as ${safetyDump} with the state before` : "";
  return (
    `The database ${contents} and is not verified. What was stopped for the restore stays stopped. What to do: mend what is named ` +
    `above and run up again; or restore another dump${other}; or remove restore from the configuration and run up, which starts ` +
    "everything with the database as it is."
  );
}
