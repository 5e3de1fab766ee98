import { lossOf } from "../measure";
import { cleanUp, loadedDatabase, restored, type Scenario } from "../scenario";

/** Overwrites a page of a table on the disk, and restores the database from its archive when PostgreSQL reports it. */
export const databaseCorruption: Scenario = {
  name: "database-corruption",
  title: "Scenario 1: Database Corruption",
  description: "pages of a table are damaged on the disk; every writer is stopped, the database restored and verified",
  rto: 3600,
  rpo: 900,
  systems: "any",

  async run(drill, system) {
    const { timeline } = drill;
    const { database, writer } = await loadedDatabase(drill, system);
    const disaster = await timeline.step("damage the table's first page on the disk", async () => {
      // The checkpoint writes the page to the disk, so that a later write from memory does not undo the damage.
      const path = await database.sql("CHECKPOINT; SELECT pg_relation_filepath('runsheet_drill')");
      const file = `/var/lib/postgresql/data/pgdata/${path}`;
      await database.execute(
        "dd",
        "if=/dev/urandom",
        `of=${file}`,
        "bs=8192",
        "count=1",
        "conv=notrunc",
        "status=none",
      );
      return database.now();
    });
    const damage = await timeline.step("PostgreSQL finds the damage", async () => {
      // The eviction makes the server read the page from the disk. The extension is rolled back.
      const evict = `BEGIN; CREATE EXTENSION IF NOT EXISTS pg_buffercache;
        SELECT count(pg_buffercache_evict(bufferid)) FROM pg_buffercache; ROLLBACK`;
      const error = await database
        .sql(evict)
        .then(() => database.sql("SELECT count(*) FROM runsheet_drill"))
        .then(
          () => undefined,
          (error: Error) => error.message,
        );
      const found = /invalid page in block 0 of relation \S+/.exec(error ?? "")?.[0];
      if (!found) throw new Error(`the damage was not found: ${error ?? "the table was read to its end"}`);
      return found;
    });
    const written = await timeline.step("stop the drill's own writer", async () => {
      const written = await writer.acknowledged();
      await writer.stop();
      return written;
    });
    const back = await restored(drill, system, "latest", database.name);
    const { recovered, rows } = await timeline.step("count the rows that came back", async () => ({
      recovered: await back.now(),
      rows: await back.rows(),
    }));
    const notes = await cleanUp(drill, system, back, writer, database.name);
    return {
      disaster,
      systems: [{ system, recovered, loss: lossOf(written, rows, disaster) }],
      notes: [
        `PostgreSQL said: ${damage}.`,
        `Stopping the replaced database stops all its writers, including unknown ones.`,
        ...notes,
      ],
    };
  },
};
