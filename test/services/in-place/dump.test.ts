/** Dumps of a database that exists: what is saved, what is left out, and what is refused. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DumpScripts } from "../dump/scripts";
import { failureOf } from "../failure";
import { asSuperuser, type Login, ThrowAwayPostgres } from "../postgres";
import type { SupabasePostgres } from "../supabase";
import { teamProject, withStoragePolicy } from "./team";

jest.setTimeout(180_000);

const scripts = new DumpScripts();
afterAll(() => scripts.remove());

const platform = "auth, extensions, graphql, graphql_public, pgbouncer, realtime, storage, supabase_functions, vault";

describe("of a Supabase project", () => {
  let project: SupabasePostgres;
  beforeAll(async () => {
    project = await teamProject();
    await withStoragePolicy(project);
  });
  afterAll(() => project?.stop());

  const take = (name: string, more: Readonly<Record<string, string>> = {}) =>
    scripts.takeSchemas(project.postgres, project.owner, name, more);
  const closed =
    "REVOKE pg_read_all_data FROM postgres; CREATE ROLE dba; CREATE SCHEMA closed AUTHORIZATION dba; CREATE TABLE closed.t (n int)";
  const opened = "DROP SCHEMA closed CASCADE; DROP ROLE dba; GRANT pg_read_all_data TO postgres";

  /** Runs SQL as the platform, takes a dump without a restore of it, and undoes it with more SQL. */
  async function failureWith(sql: string, undo: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
    await project.postgres.query(project.superuser, sql);
    try {
      return await failureOf(take("refused", { PROOF: "read", ...more }));
    } finally {
      await project.postgres.query(project.superuser, undo);
    }
  }

  test("the team's schemas are saved and proven, the platform's are left out", async () => {
    const output = (await take("whole")).split("\n");
    expect(output.slice(0, 2)).toEqual([
      "schemas: public, supabase_migrations",
      `left out, as the platform's own: ${platform}`,
    ]);
    expect(output).toContain("restored the dump into a PostgreSQL of its own: 4 tables have the rows that they had");
    expect(scripts.manifest("whole")).toMatchObject({ proof: "restored", tables: 4, rows: 42 });
    const { schemas, rows, entries } = scripts.manifest("whole").selection!;
    expect(schemas).toBe("public\nsupabase_migrations\n");
    expect(rows).toBe(
      "public.posts|30\npublic.profiles|10\npublic.secrets|1\nsupabase_migrations.schema_migrations|1\nlarge objects|0\n",
    );
    expect(entries).toBe(
      "FK CONSTRAINT public posts posts_reviewer_fkey\nFK CONSTRAINT public profiles profiles_id_fkey\n",
    );
    expect(scripts.leftovers()).toEqual([]);
  });

  test("what of the platform's refers to the schemas is saved with them", () => {
    expect(
      scripts
        .manifest("whole")
        .selection!["dependents.sql"]!.split("\n")
        .map((line) => line.slice(0, 60)),
    ).toEqual([
      "ALTER PUBLICATION supabase_realtime ADD TABLE ONLY public.po",
      "CREATE POLICY own_files ON storage.objects AS PERMISSIVE FOR",
      "   FROM public.profiles",
      "  WHERE (profiles.id = objects.owner))));",
      "CREATE TRIGGER on_auth_user_created AFTER INSERT ON auth.use",
      "",
    ]);
  });

  test("the history of the migrations is saved with a chosen schema", async () => {
    const output = await take("chosen", { SCHEMAS: "public", PROOF: "read" });
    expect(output.split("\n")[0]).toBe("schemas: public, supabase_migrations");
    expect(output).not.toContain("left out");
  });

  test("a schema of any name is saved", async () => {
    const name = `we"ird 's $schema`;
    await project.postgres.query(
      project.owner,
      `CREATE SCHEMA "we""ird 's $schema"; CREATE TABLE "we""ird 's $schema"."ta ble" AS SELECT 1 AS one`,
    );
    const output = await take("weird", { SCHEMAS: `public\n${name}` });
    await project.postgres.query(project.owner, `DROP SCHEMA "we""ird 's $schema" CASCADE`);
    expect(output.split("\n")[0]).toBe(`schemas: public, supabase_migrations, ${name}`);
    expect(scripts.manifest("weird")).toMatchObject({ proof: "restored", tables: 5 });
  });

  test("a schema that the login may not use is left out and said", async () => {
    await project.postgres.query(project.superuser, closed);
    const output = await take("without", { PROOF: "read" });
    await project.postgres.query(project.superuser, opened);
    expect(output).toContain("LEFT OUT, since postgres may not use them: closed\n");
  });

  test("one that is chosen and may not be used is an error", async () => {
    const output = await failureWith(closed, opened, { SCHEMAS: "public\nclosed" });
    expect(output).toBe(
      "postgres may not use the schema closed, which postgres.schemas names: GRANT USAGE ON SCHEMA ... TO postgres\n",
    );
    expect(scripts.counts("refused")).toBe(false);
  });

  test("one that is chosen and not there is an error", async () => {
    expect(await failureOf(take("refused", { SCHEMAS: "public\nlater" }))).toBe(
      "the database postgres has no schema later, which postgres.schemas names\n",
    );
  });

  test("a table that the login cannot read is named, and nothing is dumped", async () => {
    await project.postgres.query(project.superuser, "REVOKE pg_read_all_data FROM postgres");
    const output = await failureWith(
      "CREATE TABLE public.foreign_table (n int); REVOKE ALL ON public.foreign_table FROM postgres, anon, authenticated, service_role",
      "DROP TABLE public.foreign_table; GRANT pg_read_all_data TO postgres",
    );
    expect(output.split("\n").slice(2, 4)).toEqual([
      "postgres cannot read these tables completely, so there is no dump:",
      "  public.foreign_table of supabase_admin: permission denied",
    ]);
    expect(scripts.counts("refused")).toBe(false);
  });

  test("a table whose row security hides rows from the login is named", async () => {
    const output = await failureWith(
      "ALTER ROLE postgres NOBYPASSRLS; ALTER TABLE public.profiles FORCE ROW LEVEL SECURITY",
      "ALTER ROLE postgres BYPASSRLS; ALTER TABLE public.profiles NO FORCE ROW LEVEL SECURITY",
    );
    expect(output).toContain("  public.profiles of postgres: its row security hides rows\n");
  });

  test("what depends on the schemas and cannot be made again is said", async () => {
    await project.postgres.query(
      project.owner,
      "CREATE SCHEMA reporting; CREATE VIEW reporting.counted AS SELECT count(*) FROM public.posts",
    );
    const output = await take("said", { SCHEMAS: "public", PROOF: "read" });
    await project.postgres.query(project.owner, "DROP SCHEMA reporting CASCADE");
    expect(output).toContain("not in the dump, though it depends on what is: view reporting.counted\n");
    expect(output).toContain(
      [
        "the dump cannot be restored into the database postgres:",
        "  view reporting.counted depends on what is replaced, and the restore could not make it again: drop it, or have its schema in the dumps",
        "It counts all the same. Mend that before a restore is needed",
      ].join("\n"),
    );
  });

  test("tables that refer to rows that the login cannot read can be proven", async () => {
    const own = "GRANT SELECT ON auth.users TO postgres WITH GRANT OPTION; GRANT pg_read_all_data TO postgres";
    await project.postgres.query(
      project.superuser,
      "REVOKE pg_read_all_data FROM postgres; SET ROLE supabase_auth_admin; REVOKE SELECT ON auth.users FROM postgres",
    );
    const output = await take("referring");
    await project.postgres.query(project.superuser, `SET ROLE supabase_auth_admin; ${own.split(";")[0]!}`);
    await project.postgres.query(project.superuser, own.split(";")[1]!);
    expect(output).toContain("4 tables have the rows that they had");
  });
});

describe("of another server", () => {
  const login: Login = { user: "team", database: "team" };
  let postgres: ThrowAwayPostgres;
  beforeAll(async () => {
    postgres = await ThrowAwayPostgres.start();
    await postgres.query(asSuperuser(), "CREATE ROLE team LOGIN");
    await postgres.query(asSuperuser(), "CREATE DATABASE team OWNER team");
  });
  afterAll(() => postgres?.stop());

  test("an empty database needs no dump, and that is said", async () => {
    const output = await scripts.takeSchemas(postgres, login, "empty");
    expect(output).toBe("schemas: public\nthe database team has no table to dump\n");
    expect(existsSync(join(scripts.dumps, "unneeded"))).toBe(true);
    expect(readFileSync(join(scripts.dumps, "unneeded"), "utf8")).toBe("");
  });

  test("a schema of the team's with the name of a platform's is saved", async () => {
    await postgres.query(login, "CREATE SCHEMA auth; CREATE TABLE auth.users AS SELECT 1 AS id");
    const output = await scripts.takeSchemas(postgres, login, "own-auth");
    expect(output.split("\n")[0]).toBe("schemas: auth, public");
    expect(scripts.manifest("own-auth")).toMatchObject({ proof: "restored", tables: 1, rows: 1 });
  });
});
