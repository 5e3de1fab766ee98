/** Logins of existing databases: TLS, wrong ones, and a database that has to start first. */
import type { Check } from "../../../components/checks/check";
import { run } from "../../../lab/command";
import { root } from "../../../lab/paths";
import { urlEnvironment } from "../../support/url-environment";
import { privateFile } from "../server-process";
import { systemFile } from "../system-database";
import { TestAuthority } from "../test-authority";
import { ask, ExistingServer, failed, passed } from "./server";

let server: ExistingServer;

beforeAll(async () => {
  server = await ExistingServer.start();
});
afterEach(() => server.stopPoolers());
afterAll(() => server.stop());

const answer: Check = { name: "answer", logins: "answer" };

describe("the database answers", () => {
  test.each(["disable", "prefer", "require"])("with sslmode=%s", async (mode) => {
    const url = `${server.direct()}?sslmode=${mode}`;
    expect(await ask(answer, { url })).toEqual(passed("answer"));
    const encrypted: Check = {
      name: "encrypted",
      sql: "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
      row: { ssl: mode !== "disable" },
      withinSeconds: 0,
    };
    expect(await ask(encrypted, { url })).toEqual(passed("encrypted"));
    expect(await ask({ ...encrypted, as: "application" }, { url })).toEqual(passed("encrypted"));
  });

  test("without TLS, if the server has none and the URL does not ask for it", async () => {
    const url = await server.pool("session", 5);
    expect(await ask(answer, { url })).toEqual(passed("answer"));
  });

  test.each(["verify-ca", "verify-full", "require"])("with sslmode=%s and the server's authority", async (mode) => {
    const url = `${server.direct()}?sslmode=${mode}`;
    expect(await ask(answer, { url }, { PGSSLROOTCERT: server.caFile })).toEqual(passed("answer"));
    const wrong = await privateFile(
      server.postgres.directory,
      "other.crt",
      (await TestAuthority.create("Another")).pem,
    );
    const { stderr } = await ask(
      { name: "verified", sql: "SELECT 1", withinSeconds: 0 },
      { url },
      { PGSSLROOTCERT: wrong },
    );
    expect(stderr).toMatch(/^FAILED verified: unable to (verify the first|get local issuer) certificate/);
  });

  test("with verify-full only under a name of the certificate", async () => {
    const url = `${server.direct().replace("127.0.0.1", "localhost")}?sslmode=verify-full`;
    const query: Check = { name: "verified", sql: "SELECT 1", withinSeconds: 0 };
    expect(
      await ask(query, { url: url.replace("verify-full", "verify-ca") }, { PGSSLROOTCERT: server.caFile }),
    ).toEqual(passed("verified"));
    expect((await ask(query, { url }, { PGSSLROOTCERT: server.caFile })).stderr).toContain(
      "Hostname/IP does not match certificate's altnames: Host: localhost",
    );
  });

  test("with the same variables to psql, pg_dump and Sqitch", async () => {
    const url = `${server.direct()}?sslmode=verify-full&application_name=mine`;
    const { programs } = server.postgres;
    const env = { ...urlEnvironment(url), PGSSLROOTCERT: server.caFile, PATH: `${programs}:${process.env.PATH}` };
    const query = "SELECT current_setting('application_name'), ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    expect(await run("psql", ["-XAtc", query], { env })).toBe("mine|t\n");
    expect(await run("pg_dump", ["--create"], { env })).toContain("CREATE DATABASE data");
    const project = systemFile("pm", "migrations");
    const sqitch = ["status", "--target", "db:pg:"];
    await expect(run("sqitch", sqitch, { env, cwd: project })).rejects.toThrow("No changes deployed");
    const untrusted = { ...env, PGSSLROOTCERT: "/etc/hostname" };
    for (const [program, ...args] of [["psql", "-c", query], ["pg_dump"], ["sqitch", ...sqitch]])
      await expect(run(program!, args, { env: untrusted, cwd: project })).rejects.toThrow(/root certificate file/);
  });

  test("to migrations with the authorities that the image trusts, with any libpq", async () => {
    const env = { ...urlEnvironment(`${server.direct()}?sslmode=verify-full&sslrootcert=system`) };
    const command = ["components/migrations/in-pod/migrate.sh", "check", "pm", "none"];
    const project = { RUNSHEET_PROJECT: systemFile("pm", "migrations") };
    await expect(run("sh", command, { env: { ...env, ...project }, cwd: root })).rejects.toThrow(
      /^sh .*\nthe database cannot be reached: .* SSL error: certificate verify failed$/,
    );
  });

  test("to an application that is told the authority, and to no other one", async () => {
    const url = `${server.url()}?sslmode=verify-full`;
    const query = `require("./lab/stand-in/core/database").openDatabase(${JSON.stringify(url)}, () => {})
      .query("SELECT 1 AS one").then((rows) => { console.log(rows); process.exit(); }, (error) => { console.log(error.message); process.exit(); })`;
    const node = ["--require", "./register.cjs", "--eval", query];
    const told = { PATH: process.env.PATH!, NODE_EXTRA_CA_CERTS: server.caFile };
    expect(await run(process.execPath, node, { env: told, cwd: root })).toBe("[ { one: 1 } ]\n");
    expect(await run(process.execPath, node, { cwd: root })).toMatch(/unable to (verify the first|get local issuer)/);
  });

  test.each([
    [
      "a wrong password",
      (url: string) => url.replace("p%40ss", "other"),
      'password authentication failed for user "owner"',
    ],
    ["another name", (url: string) => url.replace("/data", "/nowhere"), 'database "nowhere" does not exist'],
  ])("%s is refused at once", async (_, wrong, message) => {
    const begin = Date.now();
    expect(await ask(answer, { url: server.url(), directUrl: wrong(server.direct()) })).toEqual(
      failed("answer", `databaseDirectUrl: ${message}`),
    );
    expect(Date.now() - begin).toBeLessThan(20_000);
  });

  test("once it has started, which takes some seconds", async () => {
    await server.postgres.suspend();
    const result = ask(answer, { url: server.direct() });
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await server.postgres.resume();
    expect(await result).toEqual(passed("answer"));
  });
});
