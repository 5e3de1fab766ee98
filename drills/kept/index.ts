/** Rows that were written after the moment to which a database is restored. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "../../components/kubernetes/environment";
import { Login, superuserSecret } from "../../components/postgres";
import { hibernation } from "../../components/postgres/names";
import type { ClusterDatabase } from "../cluster-database";
import { table as drillTable } from "../database";
import { removePod, runPod } from "../pod";

/** Schema in the restored database for the tables with such rows. */
export const keptSchema = "runsheet_kept";

const copyingPod = "runsheet-drill-kept";

/** Time for a stopped database to start, and for its rows to be copied, in seconds. */
const startSeconds = 900;
const copySeconds = 6 * 3600;

/**
 * Returns the SQL of a table of kept rows.
 * @throws Error if its name is none of a drill's
 */
function sqlOf(table: string): string {
  if (!/^since_[0-9a-z]+$/.test(table)) throw new Error(`${table} is no table of kept rows`);
  return `${keptSchema}.${table}`;
}

/** Number of kept rows of a table. */
export interface KeptRows {
  readonly table: string;
  readonly count: number;
}

/** Returns the snapshot since which rows are kept apart: what a transaction that begins now would see. */
export const snapshotOf = (database: ClusterDatabase): Promise<string> => database.sql("SELECT pg_current_snapshot()");

/**
 * Copies the rows that a database was given after a snapshot into a table of the restored one. The database that was given
 * up is started for that, and stopped again; after an error by `keepingEnded`. A second run begins anew.
 */
export async function keepApart(
  givenUp: ClusterDatabase,
  restored: ClusterDatabase,
  { snapshot, table }: { readonly snapshot: string; readonly table: string },
): Promise<KeptRows[]> {
  await start(givenUp);
  const { image } = await restored.owner();
  const script = readFileSync(join(__dirname, "keep-apart.sh"), "utf8");
  const from = Object.entries(await superuser(givenUp)).map(([name, value]) => [`FROM_${name}`, value]);
  const output = await runPod(restored.kubectl, {
    namespace: restored.namespace,
    name: copyingPod,
    image,
    command: ["bash", "-c", script, "keep-apart.sh", snapshot, keptSchema, table],
    environment: { ...(await superuser(restored)), ...(Object.fromEntries(from) as Environment) },
    seconds: copySeconds,
  });
  await stop(givenUp);
  return countsIn(output);
}

/** Reads lines "COUNT TABLE". */
export const countsIn = (output: string): KeptRows[] =>
  output
    .split("\n")
    .map((line) => /^(\d+) (.+)$/.exec(line))
    .filter((line) => line !== null)
    .map(([, count, table]) => ({ table: table!, count: Number(count) }));

/** Lists the ids of the drill's rows that were kept apart and are undamaged. */
export async function keptIds(restored: ClusterDatabase, table: string): Promise<number[]> {
  const rows = await restored.sql(
    `SELECT data->>'id' FROM ${sqlOf(table)} WHERE ${isOfDrill} AND isfinite((data->>'written')::timestamptz)`,
  );
  return rows.split("\n").filter(Boolean).map(Number);
}

/**
 * Removes the drill's own rows, and the table if it has no others. Resolves to a note on what is kept, for people to put
 * back.
 */
export async function withoutDrill(
  restored: ClusterDatabase,
  table: string,
  kept: readonly KeptRows[],
): Promise<string[]> {
  const others = kept.filter((rows) => !rows.table.endsWith(drillTable));
  if (others.length === 0) {
    await restored.sql(`DROP TABLE IF EXISTS ${sqlOf(table)}`);
    const left = await restored.sql(`SELECT count(*) FROM pg_tables WHERE schemaname = '${keptSchema}'`);
    if (left === "0") await restored.sql(`DROP SCHEMA IF EXISTS ${keptSchema}`);
    return [];
  }
  await restored.sql(`DELETE FROM ${sqlOf(table)} WHERE ${isOfDrill}`);
  const list = others.map((rows) => `${rows.count} of ${rows.table}`).join(", ");
  return [
    `${keptSchema}.${table} in ${restored.name} keeps what others wrote meanwhile: ${list}. Put back what is right (jsonb_populate_record), then drop the table.`,
  ];
}

const isOfDrill = `table_name LIKE '%${drillTable}'`;

/** Login of a database's superuser, for a pod. */
async function superuser(database: ClusterDatabase): Promise<Environment> {
  const { secret } = await database.describe();
  const administrator = { secret: superuserSecret(database.name) };
  return {
    ...new Login(secret, undefined).environment(),
    PGUSER: { ...administrator, key: "username" },
    PGPASSWORD: { ...administrator, key: "password" },
  };
}

async function start(database: ClusterDatabase): Promise<void> {
  await annotate(database, "off");
  for (const end = Date.now() + startSeconds * 1000; ; await sleep(2000)) {
    const answer = await database.sql("SELECT pg_is_in_recovery()").catch((error: Error) => error.message);
    if (answer === "f") return;
    if (Date.now() > end)
      throw new Error(`${database.name} was stopped, and did not start within ${startSeconds} s: ${answer}`);
  }
}

async function stop(database: ClusterDatabase): Promise<void> {
  await annotate(database, "on");
  const { kubectl, namespace, name } = database;
  const resource = `clusters.postgresql.cnpg.io/${name}`;
  await kubectl.run("wait", "-n", namespace, resource, `--for=condition=${hibernation}`, `--timeout=${startSeconds}s`);
}

/** Ends the copying of rows after a failure, and resolves to what was done or has to be done. */
export const keepingEnded = (givenUp: ClusterDatabase): Promise<string> =>
  removePod(givenUp.kubectl, { ...givenUp, name: copyingPod })
    .then(() => annotate(givenUp, "on"))
    .then(
      () => `${givenUp.name}, which was given up, is stopped again.`,
      (failure: Error) => `${givenUp.name}, which was given up, runs again: pulumi up stops it (${failure.message})`,
    );

async function annotate({ kubectl, namespace, name }: ClusterDatabase, value: "on" | "off"): Promise<void> {
  const change = `${hibernation}=${value}`;
  await kubectl.run("annotate", "clusters.postgresql.cnpg.io", "-n", namespace, name, change, "--overwrite");
}
