/** Rows that were written since a snapshot are kept apart, whatever the tables look like by now. */
import { join } from "node:path";
import { run } from "../../../lab/command";
import { failureOf } from "../failure";
import { asSuperuser, ThrowAwayPostgres } from "../postgres";
import { asOwner } from "../server-process";

const script = join(__dirname, "../../../drills/kept/keep-apart.sh");
let postgres: ThrowAwayPostgres;

beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start();
  for (const name of ["bad", "restored"]) await postgres.psql(asSuperuser(), ["-c", `CREATE DATABASE ${name}`]);
  await bad(`
    CREATE SCHEMA billing;
    CREATE TABLE public.plain (id int PRIMARY KEY, text text);
    CREATE TABLE billing."Odd Name" (id int, at timestamptz, amount numeric);
    CREATE TABLE public.untouched (id int);
    CREATE TABLE public.parted (id int) PARTITION BY RANGE (id);
    CREATE TABLE public.parted_1 PARTITION OF public.parted FOR VALUES FROM (0) TO (10);
    INSERT INTO public.plain SELECT n, 'before' FROM generate_series(1, 3) AS n;
    INSERT INTO public.untouched VALUES (1)`);
});
afterAll(() => postgres?.stop());

const bad = (sql: string) => postgres.psql(asSuperuser("bad"), ["-c", sql]);
const snapshot = async () =>
  (await postgres.query<{ now: string }>(asSuperuser("bad"), "SELECT pg_current_snapshot()::text AS now"))[0]!.now;

/** Runs the script, and returns what it printed. */
async function keepApart(
  since: string,
  table: string,
  more: Readonly<Record<string, string>> = {},
  server: ThrowAwayPostgres = postgres,
) {
  const from = Object.entries(server.environment(asSuperuser("bad"))).map(([name, value]) => [`FROM_${name}`, value]);
  const env = { ...server.environment(asSuperuser("restored")), ...(Object.fromEntries(from) as object), ...more };
  return run("bash", [script, since, "runsheet_kept", table], { env });
}

const kept = (table: string) =>
  postgres.query<{ table_name: string; data: object }>(
    asSuperuser("restored"),
    `SELECT table_name, data FROM runsheet_kept.${table} ORDER BY table_name, data->>'id'`,
  );

test("new rows and new versions are kept, others are not", async () => {
  const since = await snapshot();
  await bad("INSERT INTO public.plain VALUES (4, 'after')");
  await bad("UPDATE public.plain SET text = 'changed' WHERE id = 2");
  await bad("DELETE FROM public.plain WHERE id = 3");
  await bad("INSERT INTO public.parted VALUES (7)");
  await bad(`INSERT INTO billing."Odd Name" VALUES (1, '-infinity', 12345678901234567890.123456789)`);
  expect((await keepApart(since, "one")).trim()).toBe('1 billing."Odd Name"\n1 public.parted_1\n2 public.plain');
  expect(await kept("one")).toEqual([
    { table_name: 'billing."Odd Name"', data: { id: 1, at: "-infinity", amount: expect.anything() as number } },
    { table_name: "public.parted_1", data: { id: 7 } },
    { table_name: "public.plain", data: { id: 2, text: "changed" } },
    { table_name: "public.plain", data: { id: 4, text: "after" } },
  ]);
  const [amount] = await postgres.query<{ amount: string }>(
    asSuperuser("restored"),
    `SELECT data->>'amount' AS amount FROM runsheet_kept.one WHERE data ? 'amount'`,
  );
  expect(amount!.amount).toBe("12345678901234567890.123456789");
});

test("a transaction that was open at the snapshot counts as since", async () => {
  await postgres.connected(asSuperuser("bad"), async (open) => {
    await open.query("BEGIN");
    await open.query("INSERT INTO public.plain VALUES (10, 'open')");
    await bad("INSERT INTO public.plain VALUES (11, 'finished before')");
    const since = await snapshot();
    await open.query("COMMIT");
    expect((await keepApart(since, "two")).trim()).toBe("1 public.plain");
  });
  expect(await kept("two")).toEqual([{ table_name: "public.plain", data: { id: 10, text: "open" } }]);
});

test("a table that the migration has changed or made is kept as it is now", async () => {
  const since = await snapshot();
  await bad("ALTER TABLE public.untouched ADD extra text; INSERT INTO public.untouched VALUES (2, 'new')");
  await bad("CREATE TABLE public.made AS SELECT 1 AS id");
  await keepApart(since, "three");
  expect(await kept("three")).toEqual([
    { table_name: "public.made", data: { id: 1 } },
    { table_name: "public.untouched", data: { id: 2, extra: "new" } },
  ]);
});

test("a second run replaces what an interrupted one has copied", async () => {
  const since = await snapshot();
  await bad("INSERT INTO public.plain VALUES (20, 'twice')");
  await keepApart(since, "four");
  await keepApart(since, "four");
  expect(await kept("four")).toEqual([{ table_name: "public.plain", data: { id: 20, text: "twice" } }]);
});

test("nothing was written since", async () => {
  expect(await keepApart(await snapshot(), "five")).toBe("");
  expect(await kept("five")).toEqual([]);
});

test("a database that cannot be reached is an error, also behind the pipe", async () => {
  const since = await snapshot();
  expect(await failureOf(keepApart(since, "six", { FROM_PGDATABASE: "gone" }))).toContain(
    'database "gone" does not exist',
  );
});

test("after the counter of transactions has turned, old rows are still old", async () => {
  const server = await ThrowAwayPostgres.start();
  const query = (sql: string) => server.query<{ text: string }>(asSuperuser("bad"), sql);
  try {
    for (const name of ["bad", "restored"]) await server.psql(asSuperuser(), ["-c", `CREATE DATABASE ${name}`]);
    await query("CREATE TABLE t AS SELECT 1 AS id");
    await server.suspend();
    const [program, ...args] = await asOwner(server.directory, "INT", [
      join(server.programs, "pg_resetwal"),
      ...["--epoch=1", join(server.directory, "data")],
    ]);
    await run(program, args);
    await server.resume();
    const [since] = await query("SELECT pg_current_snapshot()::text AS text");
    expect(Number(since!.text.split(":")[0])).toBeGreaterThan(2 ** 32);
    await query("INSERT INTO t VALUES (2)");
    expect((await keepApart(since!.text, "turned", {}, server)).trim()).toBe("1 public.t");
  } finally {
    await server.stop();
  }
});
