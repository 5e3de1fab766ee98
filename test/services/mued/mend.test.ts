/** Mending: puts back what somebody took away by hand, while the application works. */
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../lab/command";
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { addDialogue, changes, muedSystem } from "./mued";

jest.setTimeout(120_000);

const script = resolve(__dirname, "../../../components/migrations/in-pod/migrate.sh");
const core = changes[0]!;
let postgres: ThrowAwayPostgres;
let deployed: SystemDatabase;

startSystem(muedSystem, async (created) => {
  ({ postgres } = created);
  deployed = await created.clone("deployed");
  await deployed.sqitch("deploy", "--verify");
});

const mend = (mued: SystemDatabase) =>
  run("sh", [script, "mend", "mued", "any"], {
    env: { ...postgres.environment(mued.owner), RUNSHEET_PROJECT: mued.project },
  });

const isThere = async (mued: SystemDatabase, index: string) =>
  (await mued.query(`SELECT FROM pg_indexes WHERE indexname = '${index}'`)).length === 1;

test("an index is built again while the table is read and written", async () => {
  const mued = await deployed.clone("built_meanwhile");
  await mued.query("DROP INDEX idx_ai_dialogue_session");
  await postgres.connected(mued.superuser, async (reader) => {
    // CONCURRENTLY waits for its snapshot, after the table is built.
    await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    let ended = false;
    const mending = mend(mued).finally(() => (ended = true));
    const building =
      "SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY idx_ai_dialogue_session %'";
    while (!ended && (await mued.query(building)).length === 0) await sleep(100);
    expect(ended).toBe(false);
    await addDialogue(mued);
    await reader.query("COMMIT");
    expect(await mending).toContain(`${core} is mended: its deploy script ran again\n`);
  });
  expect(await isThere(mued, "idx_ai_dialogue_session")).toBe(true);
});

test("a column that is gone is not made again without its values, nor is anything", async () => {
  const mued = await deployed.clone("column_gone");
  await mued.query("ALTER TABLE ai_dialogue_log DROP COLUMN retrieval_ms; DROP INDEX idx_ai_dialogue_session");
  const output = await failureOf(mend(mued));
  expect(output).toContain("ERROR:  missing with what was in it: ai_dialogue_log.retrieval_ms\n");
  expect(output).toContain("its deploy script ran again, and did not put it back: see above.");
  expect(await mued.query("SELECT FROM pg_attribute WHERE attname = 'retrieval_ms'")).toEqual([]);
  expect(await isThere(mued, "idx_ai_dialogue_session")).toBe(false);
});

test("a table that is gone is not made again without its rows", async () => {
  const mued = await deployed.clone("table_gone");
  await mued.query("DROP TABLE plugin_registry");
  expect(await failureOf(mend(mued))).toContain("ERROR:  missing with what was in it: plugin_registry.configuration, ");
  expect(await mued.query("SELECT to_regclass('public.plugin_registry') AS found")).toEqual([{ found: null }]);
});

test("what is put back stays where the script does not put back all", async () => {
  const mued = await deployed.clone("not_all");
  await mued.query(
    "ALTER TABLE ai_dialogue_log ALTER COLUMN model_used SET NOT NULL; DROP INDEX idx_ai_dialogue_session",
  );
  expect(await failureOf(mend(mued))).toContain(
    "its deploy script ran again, and did not put it back: see above. What it had committed is kept.\n",
  );
  expect(await isThere(mued, "idx_ai_dialogue_session")).toBe(true);
});
