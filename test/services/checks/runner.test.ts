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

const run = (
  checks: readonly Check[],
  environment: Record<string, string> = {},
  cleanup?: readonly Check[],
  secret?: readonly string[],
  actsAs?: string,
) =>
  runChecks(checks, {
    ...{ cleanup, secret, actsAs },
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
  ["another row", query("SELECT 'a' AS word", { row: { word: "b" } }), 'word is "a", expected "b"'],
  ["another list", query("SELECT ARRAY['a'] AS users", { row: { users: [] } }), "users is an array of 1, expected []"],
  [
    "another document",
    query(`SELECT '{"a":1}'::json AS user`, { row: { user: "b" } }),
    'user is an object, expected "b"',
  ],
  [
    "another list of names",
    query("SELECT ARRAY['a'] AS missing", { row: { missing: [] }, names: true }),
    'missing is ["a"], expected []',
  ],
  [
    "no row",
    query("SELECT 1 AS one WHERE false", { row: { one: 1 } }),
    "expected a row, got none for: SELECT 1 AS one WHERE false",
  ],
  ["an error", query("SELECT * FROM nowhere"), 'relation "nowhere" does not exist'],
  ["no answer in time", query("SELECT pg_sleep(60)", { timeoutSeconds: 1 }), "Query read timeout"],
  [
    "no reply in time",
    { name: "a command", redis: ["BLPOP", "nothing", "0"], matches: "^x$", timeoutSeconds: 1, withinSeconds: 0 },
    "Command timed out",
  ],
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

test("a row that may come is waited for, and is not missed", async () => {
  await postgres.query(asSuperuser(), "CREATE TABLE late (word text)");
  const deletes = "WITH gone AS (DELETE FROM late RETURNING word) SELECT count(*)::int AS rows FROM gone";
  const check = query(deletes, { row: { rows: 1 }, mayCome: { withinSeconds: 30 } });
  const result = run([check]);
  setTimeout(() => void postgres.query(asSuperuser(), "INSERT INTO late VALUES ('a')"), 3000);
  expect(await result).toMatchObject({ code: 0, stderr: "" });
  expect(await postgres.query(asSuperuser(), "SELECT * FROM late")).toEqual([]);
  expect(await run([{ ...check, mayCome: { withinSeconds: 1 } }])).toMatchObject({ code: 0, stderr: "" });
});

test("a query that fails is an error, whatever row may come", async () => {
  const check = query("DELETE FROM nowhere", { row: { rows: 1 }, mayCome: { withinSeconds: 1 } });
  expect((await run([check])).stderr).toBe('FAILED a query: relation "nowhere" does not exist\n');
});

test("a secret's value is not shown by a query, its rows or a later command", async () => {
  const secret = "a 'very' \"secret\" word";
  await redis.client.set("kept", `before ${secret}`);
  const checks = [
    query("SELECT ${TOKEN}::text AS token", { show: true, row: { token: "<string>" } }),
    command(["GET", "kept"], "^before .*nothing$"),
  ];
  const { stdout, stderr } = await run(checks, { TOKEN: secret }, undefined, ["TOKEN"]);
  expect(stdout).toContain('{"token":"***"}');
  // A long reply may be data of users: its length is told.
  expect(stderr).toBe("FAILED a command: GET kept answered 29 characters, expected /^before .*nothing$/\n");
  await redis.client.set("kept", "one-word");
  const asked = query("SELECT ${TOKEN}::text AS token", { row: { token: "<string>" } });
  const short = await run([asked, command(["GET", "kept"], "^nothing$")], { TOKEN: "one-word" }, undefined, ["TOKEN"]);
  expect(short.stderr).toBe("FAILED a command: GET kept answered ***, expected /^nothing$/\n");
  const wrong = await run([query("SELECT ${TOKEN}::int AS number")], { TOKEN: secret }, undefined, ["TOKEN"]);
  expect(wrong.stderr).toBe('FAILED a query: invalid input syntax for type integer: "***"\n');
});

describe("the role that queries act as", () => {
  beforeAll(async () => {
    const as = (sql: string) => postgres.query(asSuperuser(), sql);
    await as("CREATE ROLE services; CREATE ROLE app LOGIN NOINHERIT IN ROLE services; CREATE ROLE alone LOGIN");
    await as("CREATE ROLE heir LOGIN IN ROLE services");
    await as("CREATE TABLE kept (word text); GRANT SELECT, INSERT, DELETE ON kept TO services");
    await as("GRANT SELECT ON kept TO alone");
  });
  const runAs = (PGUSER: string, checks: readonly Check[], role: string, cleanup?: readonly Check[]) =>
    run(checks, { PGUSER }, cleanup, undefined, role);
  const who = query("SELECT current_user::text AS role, (SELECT count(*)::int FROM kept) AS rows", { show: true });

  test("is set by a login that does not inherit it, for checks and the clean-up", async () => {
    const checks = [query("INSERT INTO kept VALUES ('a')", { name: "write" }), who];
    expect(await runAs("app", checks, "services", [query("DELETE FROM kept", { name: "clean up" })])).toEqual({
      code: 0,
      stdout:
        'ok     write\n       {"role":"services","rows":1}\nok     a query\nok     clean up\n2 of 2 checks passed\n',
      stderr: "",
    });
    expect(await postgres.query(asSuperuser(), "SELECT * FROM kept")).toEqual([]);
  });

  test.each(["heir", "alone", "postgres"])("is not set by %s, who inherits it or is no member", async (user) => {
    expect((await runAs(user, [who], "services")).stdout).toContain(`{"role":"${user}","rows":0}`);
  });

  test("is no error where there is none of that name", async () => {
    expect((await runAs("alone", [who], "service_role")).stdout).toContain('{"role":"alone","rows":0}');
    expect((await runAs("app", [who], "service_role")).stderr).toBe(
      "FAILED a query: permission denied for table kept\n",
    );
  });

  test("is not left behind by a query that fails, whose error is told", async () => {
    expect((await runAs("app", [query("SELECT 1 / 0")], "services")).stderr).toBe("FAILED a query: division by zero\n");
  });
});
