/**
 * Servers with a certificate of another authority, or of another name: each client refuses them. The provider of PostgreSQL has
 * its test in graph/external, ioredis in teams/redis.
 */
import { createServer as createSecureServer, type Server } from "node:https";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandFailed, run } from "../../lab/command";
import { root } from "../../lab/paths";
import { runChecks } from "../support/checks-runner";
import { freePort } from "../support/free-port";
import { ThrowAwayStore } from "../support/object-store";
import { asSuperuser, ThrowAwayPostgres } from "./postgres";
import { privateFile } from "./server-process";
import { TestAuthority } from "./test-authority";

const password = "p@ss:w/%rd";
let postgres: ThrowAwayPostgres;
let store: ThrowAwayStore;
/** Server with TLS in front of the store. */
let entrance: Server;
let ca: string;
let otherCa: string;

beforeAll(async () => {
  const authority = await TestAuthority.create();
  const certificate = await authority.issue(["127.0.0.1"]);
  const port = await freePort();
  postgres = await ThrowAwayPostgres.start({ listen: { addresses: ["127.0.0.1"], port, certificate } });
  const write = (name: string, text: string) => privateFile(postgres.directory, name, text);
  ca = await write("ca.crt", authority.pem);
  otherCa = await write("other.crt", (await TestAuthority.create("Another")).pem);
  for (const role of ["app", "older"])
    await postgres.query(
      asSuperuser(),
      `SET password_encryption = '${role === "app" ? "scram-sha-256" : "md5"}'; CREATE ROLE ${role} LOGIN PASSWORD '${password}'`,
    );
  // In front of SCRAM's line, which is the last one.
  const rules = ["hostssl all older 0.0.0.0/0 md5", "hostssl plain app 0.0.0.0/0 password"];
  writeFileSync(
    join(postgres.directory, "data", "pg_hba.conf"),
    `local all all trust\n${rules.join("\n")}\nhost all all 0.0.0.0/0 scram-sha-256\n`,
  );
  await postgres.query(asSuperuser(), "SELECT pg_reload_conf()");
  await postgres.query(asSuperuser(), "CREATE DATABASE plain");

  store = await ThrowAwayStore.start();
  entrance = createSecureServer(certificate, (asked, answer) => {
    const { method, url: path, headers } = asked;
    asked.pipe(
      request({ port: store.port, method, path, headers }, (found) => {
        answer.writeHead(found.statusCode!, found.headers);
        found.pipe(answer);
      }),
    );
  });
  await new Promise<void>((resolve) => entrance.listen(0, resolve));
});
afterAll(async () => {
  entrance.closeAllConnections();
  entrance.close();
  await store.stop();
  await postgres.stop();
});

/** Variables of a login, as a pod has them. */
const login = (more: Record<string, string> = {}): Record<string, string> => ({
  ...{
    PGHOST: "127.0.0.1",
    PGPORT: String(postgres.port),
    PGDATABASE: "postgres",
    PGUSER: "app",
    PGPASSWORD: password,
  },
  ...{ PGSSLMODE: "verify-full", PGSSLROOTCERT: ca, PGREQUIREAUTH: "scram-sha-256", PGCONNECT_TIMEOUT: "10" },
  ...more,
});

/** Returns what a command prints, or its error. */
const outcome = (command: string, args: readonly string[], env: Record<string, string>): Promise<string> =>
  run(command, args, { cwd: root, env: { PATH: process.env.PATH!, ...env } }).catch((error: unknown) => {
    if (error instanceof CommandFailed) return error.message;
    throw error;
  });

const psql = (more?: Record<string, string>) => outcome("psql", ["-XAtc", "SELECT 'reached'"], login(more));

const query = { name: "query", sql: "SELECT 1", withinSeconds: 0 };
async function pg(more?: Record<string, string>): Promise<string> {
  const { code, stderr } = await runChecks([query], { environment: login(more) });
  return code === 0 ? "reached" : stderr;
}

const reading = `require("./components/object-store/in-pod/client").storeOf(process.env).text("nothing")
  .then(() => console.log("reached"), (error) => console.log(error.message))`;
const s3 = (file: string, host = "127.0.0.1") =>
  outcome(process.execPath, ["--require", "./register.cjs", "--eval", reading], {
    ...store.environment("folder"),
    STORE_ENDPOINT: `https://${host}:${(entrance.address() as AddressInfo).port}`,
    NODE_EXTRA_CA_CERTS: file,
  });

async function http(file: string, host = "127.0.0.1"): Promise<string> {
  const url = `https://${host}:${(entrance.address() as AddressInfo).port}/health`;
  const check = { name: "asked", url, withinSeconds: 0 };
  const { code, stderr } = await runChecks([check], { environment: { NODE_EXTRA_CA_CERTS: file } });
  return code === 0 ? "reached" : stderr;
}

const untrusted = /unable to (verify the first|get local issuer) certificate/;
const misnamed = /Hostname\/IP does not match certificate's altnames: Host: localhost/;

const remedied =
  /nothing: fetch failed: unable to .* certificate\. What to do: set runsheet:backups\.ca to the authority that signed the store's certificate/;

test.each<[string, () => Promise<string>, () => Promise<string>, RegExp, () => Promise<string>, RegExp]>([
  [
    "psql",
    () => psql(),
    () => psql({ PGSSLROOTCERT: otherCa }),
    /certificate verify failed/,
    () => psql({ PGHOST: "localhost" }),
    /server certificate for .* does not match host name \\?"localhost/,
  ],
  ["pg", () => pg(), () => pg({ PGSSLROOTCERT: otherCa }), untrusted, () => pg({ PGHOST: "localhost" }), misnamed],
  ["the client of the object store", () => s3(ca), () => s3(otherCa), remedied, () => s3(ca, "localhost"), misnamed],
  ["fetch", () => http(ca), () => http(otherCa), untrusted, () => http(ca, "localhost"), misnamed],
])("%s refuses a certificate of others", async (_, right, other, unknown, elsewhere, renamed) => {
  expect((await right()).trim()).toBe("reached");
  expect(await other()).toMatch(unknown);
  expect(await elsewhere()).toMatch(renamed);
});

describe("a server that asks for the password in another way", () => {
  test.each([
    ["md5", { PGUSER: "older" }],
    ["password", { PGDATABASE: "plain" }],
  ])("by %s gets none", async (method, more) => {
    expect(await pg(more)).toBe(
      `FAILED query: the server asks for the password by ${method}, and not by scram-sha-256; to allow it, set postgres.requireAuth, or end the URL of a database that exists with require_auth=${method}\n`,
    );
    expect(await pg({ ...more, PGREQUIREAUTH: `${method},scram-sha-256` })).toBe("reached");
    expect(await pg({ ...more, PGREQUIREAUTH: "!none" })).toBe("reached");
    expect(await pg({ ...more, PGREQUIREAUTH: `!${method}` })).toContain(`by ${method}, and not by !${method};`);
  });
});
