/** Neon's roles, owners, refusals and addresses, as the test server has them. */
import { failureOf } from "../failure";
import { NeonPostgres } from "../neon";
import { newestServer } from "../postgres";
import { privateFile } from "../server-process";
import { TestAuthority } from "../test-authority";
import { psql, Sessions, value, verified } from "./sessions";

jest.setTimeout(60_000);

/** Second address of this machine, in the place of the one that pods reach. */
const podAddress = "127.0.0.2";
const since16 = newestServer() >= 16;
let neon: NeonPostgres;
const sessions = new Sessions();

/** URL for the test's own client, which needs the CA for TLS. */
const trusted = (...args: Parameters<NeonPostgres["url"]>) => verified(neon.url(...args), neon.caFile);

beforeAll(async () => {
  neon = await NeonPostgres.start({ podAddress, poolSize: 5 });
});
afterEach(() => sessions.close());
afterAll(() => neon?.stop());

/** Runs a query as the owner. */
async function ask<Row>(sql: string): Promise<Row[]> {
  const client = await sessions.open(trusted("direct"));
  return (await client.query(sql)).rows as Row[];
}

test("the owner has neon_superuser's rights and is no superuser", async () => {
  const rights = { rolsuper: false, rolcreatedb: true, rolcreaterole: true, rolreplication: true, rolbypassrls: true };
  expect(
    await ask(
      `SELECT rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls
       FROM pg_roles WHERE rolname IN ('neon_superuser', 'neondb_owner') ORDER BY rolname`,
    ),
  ).toEqual([
    { rolname: "neon_superuser", rolcanlogin: false, ...rights },
    { rolname: "neondb_owner", rolcanlogin: true, ...rights },
  ]);
});

test("the owner is in neon_superuser, and that one in the predefined roles", async () => {
  const rows = await ask<{ grants: string }>(
    `SELECT member::regrole || ' in ' || roleid::regrole || CASE WHEN admin_option THEN ' with admin' ELSE '' END AS grants
     FROM pg_auth_members WHERE member IN ('neondb_owner'::regrole, 'neon_superuser'::regrole) ORDER BY 1`,
  );
  expect(rows.map(({ grants }) => grants)).toEqual([
    ...(since16 ? ["neon_superuser in pg_create_subscription"] : []),
    "neon_superuser in pg_monitor with admin",
    "neon_superuser in pg_read_all_data",
    "neon_superuser in pg_signal_backend with admin",
    "neon_superuser in pg_write_all_data",
    "neondb_owner in neon_superuser",
  ]);
});

test("the databases and public have their owners, and settings tell the branch", async () => {
  expect(
    await ask(
      `SELECT datname AS name, datdba::regrole::text AS owner FROM pg_database WHERE NOT datistemplate
       UNION ALL SELECT nspname, nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public' ORDER BY 1`,
    ),
  ).toEqual([
    { name: "neondb", owner: "neondb_owner" },
    { name: "postgres", owner: "cloud_admin" },
    { name: "public", owner: "pg_database_owner" },
  ]);
  expect(
    await ask(
      `SELECT current_setting('neon.branch_id') AS branch,
         current_setting('idle_in_transaction_session_timeout') AS idle`,
    ),
  ).toEqual([{ branch: "br-test-branch-12345678", idle: "5min" }]);
});

test.each([
  ["CREATE TABLESPACE mine LOCATION '/tmp'", 'permission denied to create tablespace "mine"'],
  ["SET session_replication_role = replica", 'permission denied to set parameter "session_replication_role"'],
  ["CREATE EXTENSION amcheck", 'permission denied to create extension "amcheck"'],
  ["COPY (SELECT 1) TO PROGRAM 'true'", "external program"],
  [
    "ALTER DEFAULT PRIVILEGES FOR ROLE cloud_admin IN SCHEMA public REVOKE ALL ON TABLES FROM neon_superuser",
    since16 ? "permission denied to change default privileges" : 'must be member of role "cloud_admin"',
  ],
  ["ALTER DATABASE postgres CONNECTION LIMIT 1", "must be owner of database postgres"],
  ["ALTER ROLE neondb_owner SUPERUSER", since16 ? "permission denied to alter role" : "must be superuser to alter"],
])("the owner is refused: %s", async (sql, message) => {
  await expect(ask(sql)).rejects.toThrow(message);
});

test("the owner reads and writes what other roles own, and past row security", async () => {
  const { postgres, superuser } = neon;
  await postgres.query(
    superuser,
    `CREATE ROLE team LOGIN PASSWORD 'team@secret'; CREATE SCHEMA team AUTHORIZATION team; SET ROLE team;
     CREATE TABLE team.notes (note text); ALTER TABLE team.notes ENABLE ROW LEVEL SECURITY;
     INSERT INTO team.notes VALUES ('one')`,
  );
  await ask("INSERT INTO team.notes VALUES ('two')");
  expect(await ask("SELECT string_agg(note, ' ') AS notes FROM team.notes")).toEqual([{ notes: "one two" }]);
  await expect(ask("DROP TABLE team.notes")).rejects.toThrow("must be owner of table notes");
  await ask("CREATE EXTENSION pg_trgm");
  expect(await ask("SELECT extowner::regrole::text AS owner FROM pg_extension WHERE extname = 'pg_trgm'")).toEqual([
    { owner: "neondb_owner" },
  ]);
});

test.each(["direct", "pooled"] as const)("the %s address wants TLS and the password", async (address) => {
  const url = neon.url(address);
  expect(new URL(url).searchParams.get("sslmode")).toBe("require");
  expect(await psql(url, "SELECT session_user")).toBe("neondb_owner");
  expect(await failureOf(psql(url.replace("sslmode=require", "sslmode=disable"), "SELECT 1"))).toMatch(
    /no encryption|SSL required|channel binding required/,
  );
  expect(await failureOf(psql(url.replace("npg%40pass", "other"), "SELECT 1"))).toMatch(
    /password authentication failed|SASL authentication failed/,
  );
});

test.each(["direct", "pooled"] as const)("the %s address has a certificate of its own CA", async (address) => {
  for (const host of ["localhost", podAddress])
    expect(await psql(trusted(address, { host }), "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).toBe(
      "t",
    );
  const other = await privateFile(neon.postgres.directory, "other.crt", (await TestAuthority.create("Other")).pem);
  expect(await failureOf(psql(verified(neon.url(address), other), "SELECT 1"))).toContain("certificate verify failed");
});

test.each([
  ["direct", "one", true],
  ["pooled", null, false],
] as const)("session state at the %s address: setting %s, lock kept %s", async (address, setting, keepsLock) => {
  const [one, other] = [await sessions.open(trusted(address)), await sessions.open(trusted(address))];
  await one.query("SET test.mine = 'one'");
  await one.query("SELECT pg_advisory_lock(18)");
  await other.query("BEGIN");
  expect(await value(other, "SELECT pg_try_advisory_xact_lock(18)")).toBe(!keepsLock);
  expect(await value(one, "SELECT current_setting('test.mine', true)")).toBe(setting);
});

test("startup options are refused at the pooled address only", async () => {
  const options = "options=-csearch_path%3Dpg_catalog";
  expect(await psql(`${neon.url("direct")}&${options}`, "SHOW search_path")).toBe("pg_catalog");
  expect(await failureOf(psql(`${neon.url("pooled")}&${options}`, "SELECT 1"))).toContain(
    "unsupported startup parameter: options",
  );
});
