/** Logins are tried until they are refused: PostgreSQL and Redis say themselves that a password is wrong. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { statesIn } from "../../../drills/leaked";
import { loginFile, type LeakedLogin } from "../../../drills/leaked/logins";
import { freePort } from "../../support/free-port";
import { asSuperuser, ThrowAwayPostgres } from "../postgres";
import { ThrowAwayRedis } from "../redis";

jest.setTimeout(60_000);

const script = join(__dirname, "../../../drills/leaked/try-logins.sh");
const directory = mkdtempSync(join(tmpdir(), "runsheet-leaked-"));
let postgres: ThrowAwayPostgres;
let redis: ThrowAwayRedis;
let trying: ChildProcess;
let log = "";

const sql = (statement: string) => postgres.query(asSuperuser(), statement);
const states = () =>
  Object.fromEntries(Object.entries(statesIn(log)).map(([name, { state }]) => [name, state] as const));

/** Waits for the states, and fails with those that are after 20 s. */
async function expectStates(expected: Readonly<Record<string, string>>) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (JSON.stringify(states()) === JSON.stringify(expected)) return;
    await sleep(200);
  }
  expect(states()).toEqual(expected);
}

beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start({ listen: { addresses: ["127.0.0.1"], port: await freePort() } });
  await sql("CREATE ROLE prism LOGIN PASSWORD 'old one'");
  redis = await ThrowAwayRedis.start();
  await redis.client.config("SET", "requirepass", "old");
  const login = { user: "prism", password: "old one", database: "postgres", host: "127.0.0.1" };
  const logins: LeakedLogin[] = [
    { ...login, name: "prism-login", kind: "postgres", port: String(postgres.port) },
    { ...login, name: "prism-redis", kind: "redis", port: new URL(redis.url).port, user: "", password: "old" },
    { ...login, name: "nobody", kind: "postgres", port: String(await freePort()) },
  ];
  const files = logins.map((each) => {
    const file = join(directory, each.name);
    writeFileSync(file, loginFile(each));
    return file;
  });
  const env = { ...process.env, PATH: `${postgres.programs}:${process.env.PATH}` };
  trying = spawn("setpriv", ["--pdeathsig", "KILL", "bash", script, ...files], { env });
  for (const output of [trying.stdout!, trying.stderr!])
    output.on("data", (chunk: Buffer) => (log += chunk.toString()));
});
afterAll(async () => {
  trying?.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
  await redis?.stop();
  await postgres?.stop();
});

test("what is accepted is told from what nobody answers", () =>
  expectStates({ "prism-login": "accepted", "prism-redis": "accepted", nobody: "unreachable" }));

test("the password of before is refused once there is another one", async () => {
  await sql("ALTER ROLE prism PASSWORD 'new'");
  await redis.client.config("SET", "requirepass", "new");
  await expectStates({ "prism-login": "refused", "prism-redis": "refused", nobody: "unreachable" });
});

test("no password is printed", () => {
  expect(log).not.toContain("old");
  expect(
    log
      .trim()
      .split("\n")
      .every((line) => /^\d{13} [a-z-]+ [a-z]+$/.test(line)),
  ).toBe(true);
});

test("a server that is away refuses nothing", async () => {
  await postgres.suspend();
  await expectStates({ "prism-login": "unreachable", "prism-redis": "refused", nobody: "unreachable" });
});
