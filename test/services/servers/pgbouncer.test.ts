/** PgBouncer of the tests: its modes, its logins and TLS. */
import { existsSync } from "node:fs";
import { freePort } from "../../support/free-port";
import { failureOf } from "../failure";
import { ThrowAwayPgBouncer } from "../pgbouncer";
import { asSuperuser, ThrowAwayPostgres } from "../postgres";
import { privateFile } from "../server-process";
import { TestAuthority } from "../test-authority";
import { psql, Sessions, value, verified } from "./sessions";

jest.setTimeout(60_000);

const password = 'p@ss:w/%rd"';
const addresses = ["127.0.0.1"];
let postgres: ThrowAwayPostgres;
const poolers: ThrowAwayPgBouncer[] = [];
const sessions = new Sessions();
const connect = (url: string) => sessions.open(url);
let server: { host: string; port: number };
let authority: TestAuthority;
let caFile: string;

beforeAll(async () => {
  authority = await TestAuthority.create();
  const certificate = await authority.issue(["localhost", "127.0.0.1"]);
  server = { host: "127.0.0.1", port: await freePort() };
  const listen = { addresses, port: server.port, certificate, tlsOnly: true };
  postgres = await ThrowAwayPostgres.start({ listen });
  caFile = await privateFile(postgres.directory, "ca.crt", authority.pem);
  await postgres.query(asSuperuser(), "CREATE ROLE pooler SUPERUSER LOGIN PASSWORD 'secret'");
  await postgres.query(asSuperuser(), `CREATE ROLE app LOGIN PASSWORD '${password}'`);
});
afterEach(async () => {
  await sessions.close();
  await Promise.all(poolers.splice(0).map((pooler) => pooler.stop()));
});
afterAll(() => postgres?.stop());

interface Pool {
  poolMode: "session" | "transaction";
  poolSize?: number;
  authQuery?: string;
}

/** Starts a PgBouncer. Returns the URL of a user through it. */
async function pool({ poolMode, poolSize, authQuery }: Pool): Promise<(user: string) => string> {
  const port = await freePort();
  const certificate = await authority.issue(["localhost"]);
  const pooler = await ThrowAwayPgBouncer.start({
    ...{ server, poolMode, poolSize, listen: { addresses, port, certificate } },
    authUser: { name: "pooler", password: "secret" },
    authQuery: authQuery ?? "SELECT rolname, rolpassword FROM pg_authid WHERE rolname = $1",
  });
  poolers.push(pooler);
  return (user) => `postgresql://${user}:${encodeURIComponent(password)}@localhost:${port}/postgres`;
}

const setting = "SELECT current_setting('test.mine', true)";
const lock = "SELECT pg_try_advisory_lock(18)";

test("a transaction pooler loses a session's settings and locks to another client", async () => {
  const url = await pool({ poolMode: "transaction" });
  const [one, other] = [await connect(url("app")), await connect(url("app"))];
  await one.query("SET test.mine = 'one'");
  expect(await value(one, lock)).toBe(true);
  expect(await value(one, setting)).toBe("one");
  await other.query("BEGIN");
  expect(await value(other, setting)).toBe("one");
  expect(await value(other, lock)).toBe(true);
  expect(await value(one, setting)).toBeNull();
  expect(await value(one, lock)).toBe(false);
});

test("a session pooler keeps a session's settings and locks", async () => {
  const url = await pool({ poolMode: "session" });
  const [one, other] = [await connect(url("app")), await connect(url("app"))];
  await one.query("SET test.mine = 'one'");
  expect(await value(one, lock)).toBe(true);
  await other.query("BEGIN");
  expect(await value(other, setting)).toBeNull();
  expect(await value(other, lock)).toBe(false);
  expect(await value(one, setting)).toBe("one");
});

test("a client waits while every connection of the pool is in a transaction", async () => {
  const url = await pool({ poolMode: "transaction", poolSize: 1 });
  const [one, other] = [await connect(url("app")), await connect(url("app"))];
  await one.query("BEGIN");
  let answered = false;
  const waiting = value(other, "SELECT 1").then(() => (answered = true));
  await expect(value(one, "SELECT pg_sleep(0.3)")).resolves.toBe("");
  expect(answered).toBe(false);
  await one.query("COMMIT");
  expect(await waiting).toBe(true);
});

test("a role that is made later logs in, and only with its own password", async () => {
  const url = await pool({ poolMode: "transaction" });
  await postgres.query(asSuperuser(), `CREATE ROLE later LOGIN PASSWORD '${password}'`);
  expect(await value(await connect(url("later")), "SELECT current_user::text")).toBe("later");
  const wrong = url("later").replace("p%40ss", "other");
  await expect(connect(wrong)).rejects.toThrow("SASL authentication failed");
  await expect(connect(url("nobody"))).rejects.toThrow("no such user");
});

test("a user name that the query maps to another logs in as that one", async () => {
  const authQuery = "SELECT rolname, rolpassword FROM pg_authid WHERE rolname = split_part($1, '.', 1)";
  const url = await pool({ poolMode: "session", authQuery });
  expect(await value(await connect(url("app.project")), "SELECT current_user::text")).toBe("app");
});

test("startup options are refused", async () => {
  const url = await pool({ poolMode: "session" });
  await expect(connect(`${url("app")}?options=-csearch_path%3Dx`)).rejects.toThrow(
    "unsupported startup parameter: options",
  );
});

test("clients with TLS check the certificate against its authority", async () => {
  const url = await pool({ poolMode: "transaction" });
  expect(await psql(verified(url("app"), caFile), "SELECT current_user")).toBe("app");
  const other = await privateFile(postgres.directory, "other.crt", (await TestAuthority.create("Another")).pem);
  expect(await failureOf(psql(verified(url("app"), other), "SELECT 1"))).toContain("certificate verify failed");
});

test("it starts again, and its end closes the port and deletes its directory", async () => {
  const url = await pool({ poolMode: "transaction" });
  const [pooler] = poolers;
  await pooler!.suspend();
  await expect(connect(url("app"))).rejects.toThrow("ECONNREFUSED");
  await pooler!.resume();
  expect(await value(await connect(url("app")), "SELECT 1")).toBe(1);
  await pooler!.stop();
  await expect(connect(url("app"))).rejects.toThrow("ECONNREFUSED");
  expect(existsSync(pooler!.directory)).toBe(false);
});
