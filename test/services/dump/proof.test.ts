/** Proofs of dumps by a restore: any content of a database can be restored, or its dump fails. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failureOf } from "../failure";
import { asSuperuser, ThrowAwayPostgres } from "../postgres";
import { muedSystem } from "../mued/mued";
import { omniopsSystem } from "../omniops/omniops";
import { pmSystem } from "../pm/pm";
import { changes, prismSystem } from "../prism/prism";
import { SystemDatabase } from "../system-database";
import { DumpScripts } from "./scripts";

jest.setTimeout(120_000);

const scripts = new DumpScripts();
let postgres: ThrowAwayPostgres;
/** Server with only the system's roles and an empty database, as the stack creates them. */
let other: ThrowAwayPostgres;
let migrated: SystemDatabase;
/** Roles that omniops shares with prism. */
const rolesOfSupabase = /CREATE ROLE (anon|authenticated|service_role);/g;

beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start();
  other = await ThrowAwayPostgres.start();
  migrated = await SystemDatabase.create(postgres, prismSystem, "migrated");
  await migrated.sqitch("deploy", "--verify");
  await other.query(asSuperuser(), `CREATE ROLE prism LOGIN; ${prismSystem.roles}`);
});
afterAll(async () => {
  await Promise.all([postgres?.stop(), other?.stop()]);
  scripts.remove();
});

/**
 * Clones the migrated database and runs SQL in the clone as the superuser. Creates an empty database of the same name
 * on the other server.
 */
async function having(database: string, sql: string): Promise<SystemDatabase> {
  const clone = await migrated.clone(database);
  await postgres.psql(clone.superuser, ["-c", sql]);
  await other.query(asSuperuser(), `CREATE DATABASE ${database} OWNER prism`);
  return clone;
}

/** Restores the dump on the other server, and returns the query's result there. */
async function restored(from: SystemDatabase, sql: string): Promise<unknown> {
  const { database } = from;
  expect(await scripts.restore(database, other, database, "prism")).toMatch(
    new RegExp(`^restored into ${database}$`, "m"),
  );
  const [row] = await other.query<{ answer: unknown }>(asSuperuser(database), sql);
  return row!.answer;
}

test.each([
  ["omniops", omniopsSystem],
  ["mued", muedSystem],
  ["pm", pmSystem],
])("the whole schema of %s comes back, and its verify scripts find what they expect", async (name, system) => {
  const whole = await SystemDatabase.create(postgres, { ...system, roles: system.roles.replace(rolesOfSupabase, "") });
  await whole.sqitch("deploy", "--verify");
  const output = await scripts.take(whole, name);
  expect(output).toContain(
    `verified ${system.changes.length} of the ${system.changes.length} changes that are applied`,
  );
  expect(scripts.manifest(name)).toMatchObject({ proof: "restored", change: system.changes.at(-1) });
});

const counting = [
  `verified ${changes.length} of the ${changes.length} changes that are applied`,
  "tables have the rows that they had",
  /^verified dump \S+\.dump: \d+ bytes, sha256 [0-9a-f]{64}$/m,
];

test.each([
  [
    "a type of an extension that a change made",
    "with_citext",
    "CREATE EXTENSION citext; SET ROLE prism; CREATE TABLE public.contacts (email citext PRIMARY KEY); INSERT INTO contacts VALUES ('A@example.org')",
    "SELECT count(*)::int AS answer FROM contacts WHERE email = 'a@EXAMPLE.org'",
    1,
  ],
  [
    "a function that the superuser made",
    "with_function",
    "CREATE FUNCTION public.of_the_dba() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 7'",
    "SELECT of_the_dba() || ' ' || proowner::regrole::text AS answer FROM pg_proc WHERE proname = 'of_the_dba'",
    "7 postgres",
  ],
  [
    "a setting of the database itself",
    "with_timezone",
    "ALTER DATABASE with_timezone SET timezone = 'Asia/Tokyo'",
    "SELECT current_setting('timezone') AS answer",
    "Asia/Tokyo",
  ],
  [
    "a right on the database itself",
    "with_revoked",
    "REVOKE CONNECT ON DATABASE with_revoked FROM PUBLIC",
    "SELECT has_database_privilege('prism_app', 'with_revoked', 'CONNECT') AS answer",
    false,
  ],
  [
    "a large object of the application",
    "with_large_object",
    "SET ROLE prism_app; SELECT lo_from_bytea(0, 'abc')",
    "SELECT convert_from(lo_get(oid), 'UTF8') || ' ' || lomowner::regrole::text AS answer FROM pg_largeobject_metadata",
    "abc prism_app",
  ],
  [
    "a table that somebody else owns",
    "with_foreign_table",
    "GRANT CREATE ON SCHEMA public TO prism_app; SET ROLE prism_app; CREATE TABLE public.of_the_app AS SELECT 1 AS one",
    "SELECT tableowner || ' ' || (SELECT one FROM of_the_app) AS answer FROM pg_tables WHERE tablename = 'of_the_app'",
    "prism_app 1",
  ],
  [
    "a table whose row security holds for its owner, too",
    "with_forced",
    "ALTER TABLE public.ai_feedback FORCE ROW LEVEL SECURITY",
    "SELECT relforcerowsecurity AS answer FROM pg_class WHERE relname = 'ai_feedback'",
    true,
  ],
  [
    "a table of somebody else that the owner may only write to",
    "with_audit",
    "CREATE TABLE public.audit_log AS SELECT 1 AS n; GRANT INSERT ON public.audit_log TO prism",
    "SELECT n AS answer FROM audit_log",
    1,
  ],
  [
    "a table in a schema that the owner may not use",
    "with_schema",
    "CREATE SCHEMA closed; CREATE TABLE closed.kept AS SELECT 2 AS n; GRANT SELECT ON closed.kept TO prism",
    "SELECT n AS answer FROM closed.kept",
    2,
  ],
  [
    "a table whose policy asks for a setting that only the application makes",
    "with_tenants",
    `SET ROLE prism; CREATE TABLE public.of_tenants AS SELECT 'a'::text AS tenant;
     ALTER TABLE of_tenants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
     CREATE POLICY own ON of_tenants USING (tenant = current_setting('app.tenant'))`,
    "SELECT tenant AS answer FROM of_tenants",
    "a",
  ],
])("%s comes back", async (_, database, made, question, answer) => {
  const clone = await having(database, made);
  const output = await scripts.take(clone, database);
  for (const line of counting) expect(output).toMatch(line);
  expect(scripts.manifest(database)).toMatchObject({ database, proof: "restored", change: changes.at(-1) });
  expect(await restored(clone, question)).toBe(answer);
  expect(scripts.leftovers()).toEqual([]);
});

/** Code of the owner that would make it a superuser, and that anybody may run. */
const seize = (name: string) => `CREATE FUNCTION public.${name}(name, name) RETURNS boolean LANGUAGE plpgsql AS
  $$BEGIN IF current_setting('is_superuser')::boolean THEN ALTER ROLE prism SUPERUSER; END IF; RETURN $1::text = $2::text; END$$`;

describe("the superuser runs nothing of the owner's", () => {
  const isSuperuser = (server: ThrowAwayPostgres) => server.isSuperuser("prism");
  afterEach(async () => {
    for (const server of [postgres, other]) await server.query(asSuperuser(), "ALTER ROLE prism NOSUPERUSER");
  });

  test("by an operator on a search path that the owner has set for the database", async () => {
    const clone = await having("planted", "SELECT 1");
    await clone.query(`${seize("equals")}; CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = name, FUNCTION = public.equals);
      ALTER DATABASE planted SET search_path = public, pg_catalog`);
    // The operator is what a session finds that does not look to its search path.
    await postgres.query(clone.superuser, "SELECT 'a'::name = 'b'::name");
    expect(await isSuperuser(postgres)).toBe(true);
    await postgres.query(asSuperuser(), "ALTER ROLE prism NOSUPERUSER");
    await scripts.take(clone, "planted");
    expect(await isSuperuser(postgres)).toBe(false);
    await other.query(asSuperuser("planted"), "SELECT 1");
    await scripts.restore("planted", other, "planted", "prism");
    expect(await isSuperuser(other)).toBe(false);
    // The database is there now, with the setting and the operator, and without tables a restore would go on.
    await failureOf(scripts.restore("planted", other, "planted", "prism"));
    expect(await isSuperuser(other)).toBe(false);
  });

  test("by a view in the place of the record of the migrations", async () => {
    const clone = await having("with_view", "SELECT 1");
    await clone.query(`${seize("seen")}; ALTER TABLE sqitch.changes RENAME TO kept;
      CREATE VIEW sqitch.changes AS SELECT * FROM sqitch.kept WHERE public.seen(project::name, project::name)`);
    await scripts.take(clone, "with_view", { PROOF: "read" });
    expect(await isSuperuser(postgres)).toBe(false);
  });

  test.each(["public.ai_feedback", "sqitch.changes"])(
    "by an index of %s, whose expression is planned",
    async (table) => {
      const database = `indexed_${table.split(".")[0]!}`;
      const clone = await having(database, "SELECT 1");
      await clone.query(`${seize("seizes")}; CREATE FUNCTION public.one(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
      $$BEGIN PERFORM public.seizes('a', 'b'); RETURN 1; END$$; CREATE INDEX ON ${table} ((public.one(1)))`);
      await postgres.query(clone.superuser, `SELECT count(*) FROM ${table}`);
      expect(await isSuperuser(postgres)).toBe(true);
      await postgres.query(asSuperuser(), "ALTER ROLE prism NOSUPERUSER");
      await scripts.take(clone, database, { PROOF: "read" });
      expect(await isSuperuser(postgres)).toBe(false);
      expect(scripts.counts(database)).toBe(true);
    },
  );
});

test("a hand-made role's rights come back with the role, which cannot log in", async () => {
  const made = "CREATE ROLE metabase_ro LOGIN PASSWORD 'x'; GRANT SELECT ON public.ai_feedback TO metabase_ro";
  const clone = await having("with_role", made);
  await scripts.take(clone, "with_role");
  expect(scripts.manifest("with_role").roles).toEqual([
    "anon",
    "authenticated",
    "metabase_ro",
    "prism",
    "prism_read_only",
    "service_role",
  ]);
  const output = await scripts.restore("with_role", other, "with_role", "prism");
  expect(output.split("\n").slice(0, 2)).toEqual([
    "the role metabase_ro was made by hand: it is made again with its rights in this database, and without a login.",
    `What to do, if somebody logs in as it: ALTER ROLE "metabase_ro" LOGIN PASSWORD '...';`,
  ]);
  const rights =
    "SELECT has_table_privilege('metabase_ro', 'ai_feedback', 'SELECT') AS reads, rolcanlogin FROM pg_roles";
  expect(await other.query(asSuperuser("with_role"), `${rights} WHERE rolname = 'metabase_ro'`)).toEqual([
    { reads: true, rolcanlogin: false },
  ]);
});

test("roles that only verify scripts name come back without memberships", async () => {
  const clone = await having(
    "by_group",
    `CREATE ROLE readers; GRANT SELECT ON public.user_insights TO readers; GRANT readers TO prism_read_only;
     REVOKE SELECT ON public.user_insights FROM prism_read_only`,
  );
  const output = await failureOf(scripts.take(clone, "by_group"));
  await postgres.query(asSuperuser(), "REVOKE readers FROM prism_read_only");
  expect(output).toMatch(/prism_read_only may do "" on user_insights, expected "SELECT"/);
  expect(scripts.counts("by_group")).toBe(false);
});

test("a dump that cannot be restored fails when it is taken, and does not count", async () => {
  const clone = await having(
    "unrestorable",
    // pg_restore fills tables with an empty search_path, so the function does not find its table.
    `SET ROLE prism; CREATE TABLE public.limits AS SELECT 10 AS most;
     CREATE FUNCTION public.allowed(n int) RETURNS boolean LANGUAGE sql AS 'SELECT n <= (SELECT most FROM limits)';
     CREATE TABLE public.amounts (n int CHECK (public.allowed(n))); INSERT INTO public.amounts VALUES (1)`,
  );
  const output = await failureOf(scripts.take(clone, "unrestorable"));
  expect(output).toContain('relation "limits" does not exist');
  expect(output).toContain(
    [
      "the dump cannot be restored, so it does not count. What to do: mend what the message above names in the database unrestorable.",
      "If this image lacks an extension that the server has: set another image, or dump.proof to read",
    ].join("\n"),
  );
  expect(scripts.counts("unrestorable")).toBe(false);
  expect(scripts.leftovers()).toEqual([]);
  expect(await scripts.take(clone, "unrestorable", { PROOF: "read" })).toMatch(/^verified dump unrestorable\.dump/m);
  expect(scripts.manifest("unrestorable").proof).toBe("read");
});

test("a database that its verify scripts refuse has no dump that counts", async () => {
  const clone = await having("altered", "DROP INDEX public.idx_user_insights_month");
  const output = await failureOf(scripts.take(clone, "altered"));
  expect(output).toContain("index idx_user_insights_month is missing on user_insights");
  expect(output).toContain(
    "what was restored from the dump is not what the verify scripts expect, so it does not count",
  );
  expect(scripts.counts("altered")).toBe(false);
});

test("a change whose name would end the manifest's text is written as a name", async () => {
  const name = 'b","selection":{"x":""},"y":"';
  const clone = await having("quoted", "SELECT 1");
  await postgres.query(clone.superuser, `UPDATE sqitch.changes SET change = $1 WHERE change = $2`, [
    name,
    changes.at(-1),
  ]);
  await scripts.take(clone, "quoted", { PROOF: "read" });
  const manifest = scripts.manifest("quoted");
  expect(manifest).toMatchObject({ change: name, release: "5.0.0", database: "quoted" });
  expect(manifest.selection).toBeUndefined();
});

test("a dump that lacks rows does not count", async () => {
  const clone = await having("lacking", "CREATE TABLE public.kept AS SELECT 1 FROM generate_series(1, 3)");
  const programs = mkdtempSync(join(tmpdir(), "runsheet-programs-"));
  const program = join(programs, "pg_dump");
  writeFileSync(
    program,
    `#!/bin/sh\nexec ${join(postgres.programs, "pg_dump")} --exclude-table-data=public.kept "$@"\n`,
  );
  for (const path of [programs, program]) chmodSync(path, 0o755);
  const { PATH } = postgres.environment(clone.superuser);
  const output = await failureOf(scripts.take(clone, "lacking", { PATH: `${programs}:${PATH}` }));
  rmSync(programs, { recursive: true });
  expect(output).toContain(
    "the dump does not bring back every row, so it does not count; before (<) and after it was restored (>):",
  );
  expect(output).toMatch(/^< public\.kept\|3$/m);
  expect(output).toMatch(/^> public\.kept\|0$/m);
  expect(scripts.counts("lacking")).toBe(false);
});

describe("what a database's owner dumps, where nobody may be superuser", () => {
  test("counts likewise", async () => {
    const clone = await having("of_the_owner", "SELECT 1");
    expect(await scripts.take(clone, "of_the_owner", {}, clone.owner)).toContain(
      `verified ${changes.length} of the ${changes.length} changes that are applied`,
    );
  });

  test("does not count when the owner cannot read all of it", async () => {
    const clone = await having("of_two", "CREATE TABLE public.of_the_dba (n int)");
    const output = await failureOf(scripts.take(clone, "of_two", {}, clone.owner));
    expect(output).toContain("permission denied for table of_the_dba");
    expect(scripts.counts("of_two")).toBe(false);
  });
});

describe("a restore", () => {
  test("of a dump that names no roles says what to do where one is missing", async () => {
    const clone = await having(
      "unnamed",
      "CREATE ROLE of_old_dumps; GRANT CONNECT ON DATABASE unnamed TO of_old_dumps",
    );
    await postgres.psql(clone.superuser, ["-c", "GRANT SELECT ON public.ai_feedback TO of_old_dumps"]);
    await scripts.take(clone, "unnamed");
    scripts.forgetRoles("unnamed");
    const output = await failureOf(scripts.restore("unnamed", other, "unnamed", "prism"));
    expect(output).toContain('role "of_old_dumps" does not exist');
    expect(output).toContain("What to do, if one is missing: CREATE ROLE ... NOLOGIN, and run up again");
    await other.query(asSuperuser(), "CREATE ROLE of_old_dumps NOLOGIN");
    expect(await restored(clone, "SELECT to_regclass('ai_feedback') IS NOT NULL AS answer")).toBe(true);
  });

  test("that fails at the database's settings leaves it empty, and resumes once mended", async () => {
    const clone = await having(
      "half_way",
      "CREATE ROLE of_the_database; GRANT CONNECT ON DATABASE half_way TO of_the_database",
    );
    await scripts.take(clone, "half_way");
    scripts.forgetRoles("half_way");
    const output = await failureOf(scripts.restore("half_way", other, "half_way", "prism"));
    expect(output).toContain('role "of_the_database" does not exist');
    await other.query(asSuperuser(), "CREATE ROLE of_the_database NOLOGIN");
    expect(
      await restored(clone, "SELECT has_database_privilege('of_the_database', 'half_way', 'CONNECT') AS answer"),
    ).toBe(true);
  });

  test("fills no database that has tables", async () => {
    const clone = await having("occupied", "SELECT 1");
    await scripts.take(clone, "occupied");
    await other.query(asSuperuser("occupied"), "CREATE TABLE here (n int)");
    const output = await failureOf(scripts.restore("occupied", other, "occupied", "prism"));
    expect(output).toContain("the database occupied has 1 tables already: nothing is restored over them.");
  });

  test("that was interrupted begins again", async () => {
    const clone = await having("interrupted", "SELECT 1");
    await scripts.take(clone, "interrupted");
    await other.query(asSuperuser(), "CREATE DATABASE interrupted_restoring");
    await other.query(asSuperuser("interrupted_restoring"), "CREATE TABLE half (n int)");
    expect(
      await restored(clone, "SELECT to_regclass('half') IS NULL AND to_regclass('ai_feedback') IS NOT NULL AS answer"),
    ).toBe(true);
    const names = await other.query(asSuperuser(), "SELECT datname FROM pg_database WHERE datname ~ '^interrupted'");
    expect(names).toEqual([{ datname: "interrupted" }]);
  });
});
