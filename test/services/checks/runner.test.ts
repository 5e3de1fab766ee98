/** Output of the checks runner for SQL and Redis. For HTTP see test/unit/components/checks/in-pod/runner.test.ts. */
import type { Check, SqlCheck } from "../../../components/checks/check";
import { runChecks } from "../../support/checks-runner";
import { freePort } from "../../support/free-port";
import { asSuperuser, ThrowAwayPostgres } from "../postgres";
import { ThrowAwayRedis } from "../redis";

let postgres: ThrowAwayPostgres;
let redis: ThrowAwayRedis;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([ThrowAwayPostgres.start(), ThrowAwayRedis.start()]);
});
afterAll(() => Promise.all([postgres.stop(), redis.stop()]));

const run = (checks: readonly Check[], environment: Record<string, string> = {}, cleanup?: readonly Check[]) =>
  runChecks(checks, {
    cleanup,
    environment: { ...postgres.environment(asSuperuser()), REDIS_URL: redis.url, ...environment },
  });
const query = (sql: string, more: Partial<SqlCheck> = {}): SqlCheck => ({
  name: "a query",
  sql,
  withinSeconds: 0,
  ...more,
});
const command = (redis: readonly string[], matches: string): Check => ({
  name: "a command",
  redis,
  matches,
  withinSeconds: 0,
});

test("queries and commands that pass", async () => {
  await redis.client.set("word", "there");
  const checks = [query("SELECT 1 AS one", { row: { one: 1 } }), command(["GET", "word"], "^there$")];
  expect(await run(checks)).toEqual({
    code: 0,
    stdout: "ok     a query\nok     a command\n2 of 2 checks passed\n",
    stderr: "",
  });
});

test.each<[string, Check, string]>([
  ["another row", query("SELECT ARRAY['a'] AS missing", { row: { missing: [] } }), 'missing is ["a"], expected []'],
  [
    "no row",
    query("SELECT 1 AS one WHERE false", { row: { one: 1 } }),
    "expected a row, got none for: SELECT 1 AS one WHERE false",
  ],
  ["an error", query("SELECT * FROM nowhere"), 'relation "nowhere" does not exist'],
  ["no answer in time", query("SELECT pg_sleep(60)", { timeoutSeconds: 1 }), "Query read timeout"],
  ["another reply", command(["ECHO", "b"], "^a$"), "ECHO b answered b, expected /^a$/"],
])("%s is an error that says so", async (_, check, message) => {
  expect(await run([check])).toEqual({
    code: 1,
    stdout: `FAILED ${check.name}\n`,
    stderr: `FAILED ${check.name}: ${message}\n`,
  });
});

test("a server that nobody answers for is an error with the reason", async () => {
  const port = await freePort();
  const nobody = { PGHOST: "127.0.0.1", PGPORT: String(port), REDIS_URL: `redis://127.0.0.1:${port}` };
  const refused = `connect ECONNREFUSED 127.0.0.1:${port}`;
  expect((await run([query("SELECT 1")], nobody)).stderr).toBe(`FAILED a query: ${refused}\n`);
  expect((await run([command(["PING"], "PONG")], nobody)).stderr).toBe(`FAILED a command: ${refused}\n`);
});

test("a value is a parameter of the query, never a part of its text", async () => {
  const word = "'; DROP TABLE kept; --";
  const check = query("SELECT ${WORD}::text AS word", { row: { word } });
  expect(await run([check], { WORD: word })).toMatchObject({ code: 0, stderr: "" });
});

test("rows that are to be shown are printed, and the clean-up takes them away", async () => {
  await postgres.query(asSuperuser(), "CREATE TABLE written (word text)");
  const checks = [
    query("INSERT INTO written VALUES ('a'), ('b')", { name: "write" }),
    query("SELECT word FROM written ORDER BY word", { name: "read", show: true, row: { word: "b" } }),
  ];
  const cleanup = [query("DELETE FROM written", { name: "clean up" })];
  expect(await run(checks, {}, cleanup)).toEqual({
    code: 1,
    stdout: 'ok     write\n       {"word":"a"}\n       {"word":"b"}\nFAILED read\nok     clean up\n',
    stderr: 'FAILED read: word is "a", expected "b"\n',
  });
  expect(await postgres.query(asSuperuser(), "SELECT * FROM written")).toEqual([]);
});
