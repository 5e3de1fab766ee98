/** A team's Sqitch project that finds a table in use: what is tried again, and what is not. */
import { setTimeout as sleep } from "node:timers/promises";
import { sqitchSource } from "../../../components/migrations";
import { CommandFailed } from "../../../lab/command";
import { ThrowAwayPostgres } from "../postgres";
import { runInPod } from "./pod";
import { SqlDatabase } from "./sql-database";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
beforeAll(async () => (postgres = await ThrowAwayPostgres.start()));
afterAll(() => postgres.stop());

/** Runs the only change of a project, whose table `busy` is in use until its first try has failed. */
async function whileBusy(
  name: string,
  mode: string,
  { deploy, revert = "SELECT 1;\n", target = "one" }: { deploy: string; revert?: string; target?: string },
) {
  const database = await SqlDatabase.create(postgres, name, {
    "sqitch.plan": "%project=team\n\none 2026-01-01T00:00:00Z A <a@b.c> # note\n",
    "sqitch.conf": "[core]\n\tengine = pg\n",
    "deploy/one.sql": deploy,
    "verify/one.sql": "BEGIN;\nSELECT 1;\nROLLBACK;\n",
    "revert/one.sql": revert,
  });
  await database.query("CREATE TABLE busy (id int); CREATE TABLE journal (note text)");
  const source = sqitchSource(database.directory);
  if (mode === "revert") await runInPod(database, source, "deploy", "one");
  return postgres.connected(database.owner, async (client) => {
    await client.query("BEGIN; LOCK TABLE busy");
    const outcome = runInPod(database, source, mode, target).catch((error: unknown) => {
      if (error instanceof CommandFailed) return error.output;
      throw error;
    });
    const waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'busy'::regclass";
    while ((await client.query(waiting)).rowCount === 0) await sleep(100);
    // Longer than the lock timeout of the scripts.
    await sleep(2_000);
    await client.query("COMMIT");
    const output = await outcome;
    return { output, rows: await database.column("SELECT note FROM journal") };
  });
}

const journal = "INSERT INTO journal VALUES ('done');\n";
const alter = "SET LOCAL lock_timeout = '1s';\nALTER TABLE busy ADD COLUMN more int;\n";

test.each([
  ["begin", `BEGIN;\n${journal}${alter}COMMIT;\n`],
  ["start", `-- note\nSTART TRANSACTION;\n${journal}${alter}COMMIT`],
])("a script that is one transaction (%s) is tried again, and done once", async (name, deploy) => {
  const { output, rows } = await whileBusy(`busy_${name}`, "deploy", { deploy });
  expect(output).toMatch(/\+ one \.+ not ok\n[^]*\+ one \.+ ok\n/);
  expect(rows).toEqual(["done"]);
});

test.each([
  ["before", `${journal}BEGIN;\n${alter}COMMIT;\n`],
  ["two", `BEGIN;\n${journal}COMMIT;\nBEGIN;\n${alter}COMMIT;\n`],
  ["after", `BEGIN;\n${journal}COMMIT;\nSET lock_timeout = '1s';\nALTER TABLE busy ADD COLUMN more int;\n`],
])("a script with more than one transaction (%s) is run once", async (name, deploy) => {
  const { output, rows } = await whileBusy(`busy_${name}`, "deploy", { deploy });
  expect(output).toContain("ERROR:  canceling statement due to lock timeout");
  expect(output).not.toContain("trying again");
  expect(rows).toEqual(["done"]);
});

test("a revert script with more than one transaction is run once", async () => {
  const revert = `${journal}BEGIN;\n${alter}COMMIT;\n`;
  const args = { deploy: "SELECT 1;\n", revert, target: "none" };
  const { output, rows } = await whileBusy("busy_revert", "revert", args);
  expect(output).toContain("ERROR:  canceling statement due to lock timeout");
  expect(output).not.toContain("trying again");
  expect(rows).toEqual(["done"]);
});

test("a revert script that is one transaction is tried again", async () => {
  const args = { deploy: "SELECT 1;\n", revert: `BEGIN;\n${journal}${alter}COMMIT;\n`, target: "none" };
  const { output, rows } = await whileBusy("busy_revert_again", "revert", args);
  expect(output).toMatch(/- one \.+ not ok\n[^]*- one \.+ ok\n/);
  expect(rows).toEqual(["done"]);
});
