import { setTimeout as sleep } from "node:timers/promises";
import type { Databases } from "../../components/system/database-plan";
import { ClusterDatabase } from "../cluster-database";
import type { DrilledDatabase } from "../database";
import { runCronJob } from "../job";
import {
  archive,
  cleanUp,
  databaseOf,
  loaded,
  loadSeconds,
  measured,
  restored,
  verifiedRestore,
  type Drill,
  type Scenario,
  type Source,
} from "../scenario";

/** Limit for a dump that is restored into a scratch server, in seconds. */
const dumpSeconds = 7200;

const overwriting = "overwrite the table's rows";

/** Sentence on the dump. */
const provenDump = "The dump was proven as every dump is, and read back from the object store, before it counted.";

/** Damages a table, and restores the database once the damage is found. */
export const databaseCorruption: Scenario = {
  name: "database-corruption",
  title: "Scenario 1: Database Corruption",
  description: "a table is damaged; every writer is stopped, the database restored and verified",
  rto: 3600,
  rpo: 900,
  systems: "any",

  unsuitable: (stack, system) =>
    stack.hasExisting(system) && stack.configured("runsheet:backups") === undefined
      ? `the database of ${system} is restored from a dump in the object store: set runsheet:backups first`
      : undefined,

  warning: (stack, system) =>
    stack.hasExisting(system)
      ? "The database exists without the stack: a dump is taken and restored in its place. What anybody writes between the two is lost"
      : undefined,

  async run(drill, system) {
    const { stack, timeline } = drill;
    const { live, server } = await timeline.step<Pick<Databases, "server"> & { live: string }>(
      "find the live database and its archive",
      async () => (stack.hasExisting(system) ? { live: await stack.live(system) } : stack.databases(system)),
    );
    const database = databaseOf(drill, system, live);
    const writer = await loaded(drill, database);
    const source: Source =
      database instanceof ClusterDatabase
        ? { kind: archive, name: server, time: "latest" }
        : { kind: "dump", ...(await dumpedMeanwhile(drill, system, database)) };
    const from = source.time ?? source.name!;
    const { at: disaster, said } =
      database instanceof ClusterDatabase ? await damagePage(drill, database) : await damageRows(drill, database);
    const written = await timeline.step("stop the drill's own writer", async () => {
      const written = await writer.acknowledged();
      await writer.stop();
      return written;
    });
    const back = await restored(drill, system, from, live);
    const { recovered, rows } = await timeline.step("count the rows that came back", async () => ({
      recovered: await back.now(),
      rows: await back.rows(),
    }));
    const notes = await cleanUp(drill, system, back, writer, live);
    return {
      disaster,
      systems: [
        {
          system,
          recovered,
          ...measured(written, rows, disaster),
          restoredFrom: source,
          verified: [...(source.kind === "dump" ? [provenDump] : []), ...verifiedRestore],
        },
      ],
      notes: [
        said,
        ...(source.kind === archive
          ? ["Stopping the replaced database stops all its writers, including unknown ones."]
          : [`The dump ${from} was restored in place. The RPO is its age; the scheduled dumps are up to a day old.`]),
        ...notes,
      ],
    };
  },
};

/** Overwrites a page of the table on the disk, which PostgreSQL reports when it reads it. */
async function damagePage({ timeline }: Drill, database: ClusterDatabase): Promise<Damage> {
  const at = await timeline.step("damage the table's first page on the disk", async () => {
    // The checkpoint writes the page to the disk, so that a later write from memory does not undo the damage.
    const path = await database.sql(`CHECKPOINT; SELECT pg_relation_filepath('${database.table}')`);
    const file = `of=/var/lib/postgresql/data/pgdata/${path}`;
    await database.execute("dd", "if=/dev/urandom", file, "bs=8192", "count=1", "conv=notrunc", "status=none");
    return database.now();
  });
  const damage = await timeline.step("PostgreSQL finds the damage", async () => {
    // The eviction makes the server read the page from the disk. The extension is rolled back.
    const evict = `BEGIN; CREATE EXTENSION IF NOT EXISTS pg_buffercache;
      SELECT count(pg_buffercache_evict(bufferid)) FROM pg_buffercache; ROLLBACK`;
    const error = await database
      .sql(evict)
      .then(() => database.sql(`SELECT count(*) FROM ${database.table}`))
      .then(
        () => undefined,
        (error: Error) => error.message,
      );
    const found = /invalid page in block 0 of relation \S+/.exec(error ?? "")?.[0];
    if (!found) throw new Error(`the damage was not found: ${error ?? "the table was read to its end"}`);
    return found;
  });
  return { at, said: `PostgreSQL said: ${damage}.` };
}

/**
 * Takes a dump, which is proven and stored, while rows are written. Resolves to its name and checksum.
 * @throws Error if it does not have the drill's table
 */
function dumpedMeanwhile(
  { stack, kubectl, timeline }: Drill,
  system: string,
  database: DrilledDatabase,
): Promise<{ name: string; sha256: string }> {
  const dump = { namespace: stack.namespace(system), cronJob: `${system}-dump-scheduled`, problem: "the dump failed" };
  // A drill that is continued the next day restores a dump of that day.
  return timeline.stepBefore(overwriting, "take a dump, as every night, and write more rows", async () => {
    const log = await runCronJob(kubectl, dump, { seconds: dumpSeconds, pauseMilliseconds: 2000 });
    const [, name, sha256] = /^stored (\S+)\.dump and read it back: \d+ bytes, sha256 (\S+)$/m.exec(log) ?? [];
    if (name === undefined || sha256 === undefined) throw new Error(`the dump did not say where it was stored: ${log}`);
    const schema = await database.sql(
      `SELECT relnamespace::regnamespace FROM pg_class WHERE oid = '${database.table}'::regclass`,
    );
    const [, schemas = ""] = /^schemas: (.*)$/m.exec(log) ?? [];
    if (!schemas.split(", ").includes(schema))
      throw new Error(
        `the drill's table is in the schema ${schema}, and the dump has ${schemas}: add it to ${system}:postgres.schemas`,
      );
    await sleep(loadSeconds * 1000);
    return { name, sha256 };
  });
}

/** Overwrites the rows, as a wrong script does: the disk of such a server cannot be reached. */
async function damageRows({ timeline }: Drill, database: DrilledDatabase): Promise<Damage> {
  const at = await timeline.step(overwriting, async () => {
    await database.sql(`UPDATE ${database.table} SET written = '-infinity'`);
    return database.now();
  });
  const damaged = await timeline.step("find the damage", async () => {
    const count = Number(await database.sql(`SELECT count(*) FROM ${database.table} WHERE NOT isfinite(written)`));
    if (count === 0) throw new Error("the damage was not found: no row is overwritten");
    return count;
  });
  return { at, said: `${damaged} rows were overwritten.` };
}

interface Damage {
  /** Time of the damage, in milliseconds since 1970. */
  readonly at: number;
  /** Sentence on how it was found. */
  readonly said: string;
}
