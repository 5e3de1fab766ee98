/** Restores into a Supabase project that exists: everything comes back, or nothing is changed. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DumpScripts } from "../dump/scripts";
import { failureOf } from "../failure";
import type { SupabasePostgres } from "../supabase";
import { aroundTheRows, teamProject, withStoragePolicy } from "./team";

jest.setTimeout(180_000);

const scripts = new DumpScripts();
let project: SupabasePostgres;
beforeAll(async () => {
  project = await teamProject({ automaticRowSecurity: true });
  await withStoragePolicy(project);
  await asOwner("ALTER TABLE secrets DISABLE ROW LEVEL SECURITY");
  await scripts.takeSchemas(project.postgres, project.owner, "good", { PROOF: "read" });
});
afterAll(async () => {
  await project?.stop();
  scripts.remove();
});

const asOwner = (sql: string) => project.postgres.query<Record<string, unknown>>(project.owner, sql);
const asPlatform = (sql: string) => project.postgres.query(project.superuser, sql);
const take = (name: string) => scripts.takeSchemas(project.postgres, project.owner, name, { PROOF: "read" });
const restore = (name = "good", more: Readonly<Record<string, string>> = {}) =>
  scripts.replace("restore", name, project.postgres, project.owner, more);
const check = (name = "good") => scripts.replace("check", name, project.postgres, project.owner);
const bodies = async () =>
  (await asOwner("SELECT body, count(*)::int FROM posts GROUP BY body ORDER BY body")).map(Object.values);

/** Changes rows, rights, structure, and makes what the dump does not have. */
const damage = `
  UPDATE posts SET body = 'damaged' WHERE id % 2 = 0;
  DROP TABLE secrets;
  ALTER TABLE profiles DROP COLUMN nick;
  DROP POLICY own ON profiles;
  GRANT ALL ON posts TO PUBLIC;
  CREATE TABLE later (post bigint REFERENCES posts, author uuid REFERENCES auth.users);
  CREATE TYPE mood AS ENUM ('good', 'bad');
  CREATE FUNCTION newer() RETURNS mood LANGUAGE sql AS $$ SELECT 'good'::mood $$;
  ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;
  DROP TRIGGER on_auth_user_created ON auth.users`;

test("everything comes back: rows, rights, publications, triggers, policies", async () => {
  const before = await aroundTheRows(project);
  await asPlatform("SET ROLE supabase_auth_admin; GRANT ALL ON auth.users TO postgres");
  await asPlatform("GRANT supabase_auth_admin TO postgres");
  await asOwner(damage);
  await asPlatform("REVOKE supabase_auth_admin FROM postgres");
  expect(await check()).toBe("");
  expect(await restore()).toBe("restored 4 tables into postgres: public supabase_migrations\n");
  expect(scripts.state("good")).toBe("replaced");
  expect(await aroundTheRows(project)).toEqual(before);
  expect(await bodies()).toEqual([["as dumped", 30]]);
  expect(await asOwner("SELECT word FROM secrets")).toEqual([{ word: "sesame" }]);
  await asOwner("INSERT INTO auth.users (id, email) VALUES (gen_random_uuid(), 'new@example.org')");
  expect(await asOwner("SELECT count(*)::int AS n FROM profiles WHERE nick = 'NEW@example.org'")).toEqual([{ n: 1 }]);
});

test("no statement touches a role that Supabase reserves", () => {
  expect(project.statementsOnReservedRoles().filter((sql) => !sql.includes("supabase_auth_admin"))).toEqual([]);
});

test("global default privileges neither add to rights nor take from them", async () => {
  await asOwner("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC");
  await asOwner("CREATE FUNCTION open_to_all() RETURNS int LANGUAGE sql AS 'SELECT 1'");
  await asOwner("GRANT EXECUTE ON FUNCTION open_to_all TO PUBLIC");
  await take("defaults");
  const before = await aroundTheRows(project);
  await restore("defaults");
  expect(await aroundTheRows(project)).toEqual(before);
  await asOwner("ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC; DROP FUNCTION open_to_all");
  await take("good-again");
});

test("rows of users that were deleted since are deleted again, or emptied", async () => {
  await take("users");
  await asOwner(`DELETE FROM auth.users WHERE email IN ('1@example.org', '2@example.org')`);
  expect(await restore("users")).toMatch(
    /^deleted 2 rows of public.profiles, whose row of auth.users was deleted since the dump\n/m,
  );
  const left = "SELECT count(*)::int AS posts, count(DISTINCT author)::int AS authors FROM posts";
  expect(await asOwner(left)).toEqual([{ posts: 24, authors: 8 }]);

  await asOwner("UPDATE posts SET reviewer = (SELECT min(id::text)::uuid FROM auth.users) WHERE id % 4 = 0");
  await asOwner("UPDATE posts SET author = (SELECT max(id::text)::uuid FROM profiles)");
  await take("reviewers");
  await asOwner("DELETE FROM auth.users WHERE id = (SELECT min(id::text)::uuid FROM auth.users)");
  expect(await restore("reviewers")).toMatch(
    /^emptied reviewer in \d+ rows of public.posts, whose row of auth.users was deleted since the dump\n/m,
  );
  expect(await asOwner("SELECT count(*)::int AS posts FROM posts")).toEqual([{ posts: 24 }]);
});

test("if most of the users are gone, nothing is restored: they were lost, not deleted", async () => {
  await take("lost");
  await asOwner("DELETE FROM auth.users");
  await asOwner("INSERT INTO secrets VALUES ('kept')");
  const output = await failureOf(restore("lost"));
  expect(output).toMatch(
    /ERROR: {2}(\d+) of \1 rows of public.posts refer to rows of auth.users that are not there: bring those back first\n/,
  );
  expect(output).toMatch(/^nothing was restored: the database postgres is as it was$/m);
  expect(scripts.state("lost")).toBeUndefined();
  expect(await asOwner("SELECT word FROM secrets ORDER BY word")).toEqual([{ word: "kept" }, { word: "sesame" }]);
});

describe("a failure leaves every row", () => {
  const rows = async () => [await bodies(), await asOwner("SELECT * FROM secrets ORDER BY 1")];
  beforeAll(async () => {
    await asOwner(
      "INSERT INTO auth.users (id, email) SELECT gen_random_uuid(), n || '@b' FROM generate_series(1, 5) AS n",
    );
    await asOwner("INSERT INTO posts (author, body) SELECT id, 'of today' FROM profiles");
    await take("today");
    await asOwner("UPDATE posts SET body = 'of now'");
  });

  test("where the dump breaks off in the middle", async () => {
    const before = await rows();
    const programs = mkdtempSync(join(tmpdir(), "runsheet-programs-"));
    const real = join(project.postgres.programs, "pg_restore");
    const program = `case "$*" in *--file=-*) ${real} "$@" | sed '/^COPY public.posts/q'; exit 1 ;; *) exec ${real} "$@" ;; esac`;
    writeFileSync(join(programs, "pg_restore"), `#!/bin/sh\n${program}\n`);
    for (const path of [programs, join(programs, "pg_restore")]) chmodSync(path, 0o755);
    const { PATH } = project.postgres.environment(project.owner);
    const output = await failureOf(restore("today", { PATH: `${programs}:${PATH}` }));
    rmSync(programs, { recursive: true });
    // A newer psql reads no commands of files before the script that it was given has ended.
    expect(output).toMatch(/ERROR: {2}pg_restore broke off|backslash commands are restricted/);
    expect(output).toMatch(/^nothing was restored: the database postgres is as it was$/m);
    expect(await rows()).toEqual(before);
  });

  test("where a table does not have the rows of the dump", async () => {
    const before = await rows();
    const counting = scripts.manifest("today");
    const more = { ...counting.selection, rows: counting.selection!.rows!.replace("secrets|2", "secrets|3") };
    writeFileSync(join(scripts.dumps, "today.dump.manifest.json"), JSON.stringify({ ...counting, selection: more }));
    const output = await failureOf(restore("today"));
    writeFileSync(join(scripts.dumps, "today.dump.manifest.json"), JSON.stringify(counting));
    expect(output).toContain("ERROR:  the restored tables do not have the rows of the dump");
    expect(output).toContain("before (<) and after it was restored (>):");
    expect(output).toMatch(/^< public\.secrets\|3$/m);
    expect(output).toMatch(/^> public\.secrets\|2$/m);
    expect(await rows()).toEqual(before);
  });

  test("where the connection is lost", async () => {
    const before = await rows();
    await asPlatform(
      "CREATE FUNCTION public.slow() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); END'",
    );
    await asPlatform(
      "CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('CREATE VIEW') EXECUTE FUNCTION public.slow()",
    );
    const failure = failureOf(restore("today"));
    const running = "SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    for (;;) if ((await project.postgres.query(project.superuser, running)).length > 0) break;
    const output = await failure;
    await asPlatform("DROP EVENT TRIGGER slow; DROP FUNCTION public.slow");
    expect(output).toMatch(/^nothing was restored: the database postgres is as it was$/m);
    expect(await rows()).toEqual(before);
  });

  test("and a later restore succeeds", async () => {
    await restore("today");
    expect(await bodies()).toContainEqual(["of today", 5]);
  });
});
