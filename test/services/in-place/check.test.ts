/** The check before a restore: everything that would make it fail is named, and nothing is changed. */
import { DumpScripts } from "../dump/scripts";
import { failureOf } from "../failure";
import { NeonPostgres } from "../neon";
import type { SupabasePostgres } from "../supabase";
import { teamProject, withStoragePolicy } from "./team";

jest.setTimeout(180_000);

const scripts = new DumpScripts();
afterAll(() => scripts.remove());

describe("of a Supabase project", () => {
  let project: SupabasePostgres;
  beforeAll(async () => {
    project = await teamProject();
    await scripts.takeSchemas(project.postgres, project.owner, "good", { PROOF: "read" });
  });
  afterAll(() => project?.stop());

  const asOwner = (sql: string) => project.postgres.query<Record<string, unknown>>(project.owner, sql);
  const asPlatform = (sql: string) => project.postgres.query<Record<string, unknown>>(project.superuser, sql);

  /** Returns the problems that the check names after SQL of the platform or the team, which more SQL undoes. */
  async function problems(work: () => Promise<unknown>, undo: () => Promise<unknown>, name = "good"): Promise<string> {
    await work();
    try {
      return await failureOf(scripts.replace("check", name, project.postgres, project.owner));
    } finally {
      await undo();
    }
  }
  const refusal = (...found: readonly string[]) =>
    ["the dump cannot be restored into the database postgres:", ...found.map((line) => `  ${line}`), ""].join("\n");

  test("objects that the login cannot replace", async () => {
    const found = await problems(
      () =>
        asPlatform(
          `CREATE TABLE public.theirs (n int); CREATE FUNCTION public.theirs() RETURNS int LANGUAGE sql AS 'SELECT 1';
           CREATE TYPE public.their_mood AS ENUM ('good')`,
        ),
      () => asPlatform("DROP TABLE public.theirs; DROP FUNCTION public.theirs; DROP TYPE public.their_mood"),
    );
    expect(found).toBe(
      refusal(
        "table theirs belongs to supabase_admin, so that postgres cannot replace it",
        "function theirs() belongs to supabase_admin, so that postgres cannot replace it",
        "type their_mood belongs to supabase_admin, so that postgres cannot replace it",
      ),
    );
  });

  test("a role that is missing, and one that the login cannot become", async () => {
    await asPlatform(
      "CREATE ROLE reporter; CREATE ROLE maker; GRANT maker TO postgres; GRANT CREATE ON SCHEMA public TO maker",
    );
    await asOwner("CREATE TABLE made (n int); ALTER TABLE made OWNER TO maker; GRANT SELECT ON posts TO reporter");
    await scripts.takeSchemas(project.postgres, project.owner, "of-roles", { PROOF: "read" });
    const found = await problems(
      async () => {
        await asOwner("DROP TABLE made; REVOKE SELECT ON posts FROM reporter");
        await asPlatform("DROP ROLE reporter; REVOKE maker FROM postgres");
      },
      () => asPlatform("REVOKE CREATE ON SCHEMA public FROM maker; DROP ROLE maker"),
      "of-roles",
    );
    expect(found).toBe(
      refusal(
        "the role reporter does not exist, and the dump refers to it: CREATE ROLE reporter NOLOGIN",
        "postgres cannot make objects of maker, whom some in the dump belong to: GRANT maker TO postgres",
      ),
    );
  });

  test("what depends on the schemas and could not be made again", async () => {
    const found = await problems(
      () =>
        asOwner(
          `CREATE SCHEMA reporting; CREATE VIEW reporting.counted AS SELECT count(*) FROM public.posts;
           CREATE TABLE reporting.kept (post bigint REFERENCES public.posts)`,
        ),
      () => asOwner("DROP SCHEMA reporting CASCADE"),
    );
    const end =
      "depends on what is replaced, and the restore could not make it again: drop it, or have its schema in the dumps";
    expect(found).toBe(
      refusal(`constraint kept_post_fkey on table reporting.kept ${end}`, `view reporting.counted ${end}`),
    );
  });

  test("a policy on a table of the platform, where the login may not make policies", async () => {
    const found = await problems(
      async () => {
        await withStoragePolicy(project);
        await asPlatform("REVOKE supabase_storage_admin FROM postgres");
      },
      () => asPlatform("DROP POLICY own_files ON storage.objects"),
    );
    expect(found).toBe(
      refusal("policy own_files on table storage.objects needs the ownership of storage.objects to be made again"),
    );
  });

  test("a trigger and a publication, for which the login lost its rights", async () => {
    const found = await problems(
      () =>
        asPlatform(
          "SET ROLE supabase_auth_admin; REVOKE TRIGGER ON auth.users FROM postgres; RESET ROLE; ALTER PUBLICATION supabase_realtime OWNER TO supabase_admin",
        ),
      () =>
        asPlatform(
          "SET ROLE supabase_auth_admin; GRANT TRIGGER ON auth.users TO postgres; RESET ROLE; ALTER PUBLICATION supabase_realtime OWNER TO postgres",
        ),
    );
    expect(found).toBe(
      refusal(
        "publication of table public.posts in publication supabase_realtime needs the ownership of the publication supabase_realtime to be made again",
        "trigger on_auth_user_created on table auth.users needs the right TRIGGER on auth.users to be made again",
      ),
    );
  });

  test("a schema that is gone, and that the login may not create", async () => {
    const found = await problems(
      async () => {
        await asOwner("DROP SCHEMA supabase_migrations CASCADE");
        await asPlatform(
          "ALTER DATABASE postgres OWNER TO supabase_admin; REVOKE CREATE ON DATABASE postgres FROM postgres",
        );
      },
      () => asPlatform("ALTER DATABASE postgres OWNER TO postgres"),
    );
    expect(found).toContain(
      "  the schema supabase_migrations does not exist, and postgres may make none: GRANT CREATE ON DATABASE postgres TO postgres\n",
    );
    expect(await scripts.replace("check", "good", project.postgres, project.owner)).toBe("");
  });

  test("a database that takes no writes, as Supabase makes one whose disk is full", async () => {
    const found = await problems(
      () => asPlatform("ALTER DATABASE postgres SET default_transaction_read_only = on"),
      () => asPlatform("SET transaction_read_only = off; ALTER DATABASE postgres RESET default_transaction_read_only"),
    );
    expect(found).toBe(refusal("the database takes no writes: transaction_read_only is on"));
  });

  test("rights that somebody granted who is not the owner", async () => {
    await asOwner("GRANT SELECT ON secrets TO service_role WITH GRANT OPTION");
    await asPlatform("SET ROLE service_role; GRANT SELECT ON public.secrets TO authenticated");
    await scripts.takeSchemas(project.postgres, project.owner, "granted", { PROOF: "read" });
    expect(await failureOf(scripts.replace("check", "granted", project.postgres, project.owner))).toBe(
      refusal(
        "service_role granted rights in the dump without owning what they are for, which only a superuser can restore",
      ),
    );
  });
});

describe("of a Neon project", () => {
  let neon: NeonPostgres;
  beforeAll(async () => {
    neon = await NeonPostgres.start();
    await neon.postgres.query(
      neon.owner,
      `CREATE EXTENSION citext; CREATE TABLE lessons (id int PRIMARY KEY, title citext);
       INSERT INTO lessons SELECT n, 'as dumped' FROM generate_series(1, 5) AS n`,
    );
  });
  afterAll(() => neon?.stop());

  test("nothing is in the way; the restore brings everything back and leaves extensions", async () => {
    const output = await scripts.takeSchemas(neon.postgres, neon.owner, "neon");
    expect(output.split("\n")[0]).toBe("schemas: public");
    expect(scripts.manifest("neon")).toMatchObject({ proof: "restored", tables: 1, rows: 5 });
    await neon.postgres.query(neon.superuser, "CREATE EXTENSION pg_trgm SCHEMA public");
    await neon.postgres.query(neon.owner, "UPDATE lessons SET title = 'damaged'; CREATE TABLE later (n int)");
    expect(await scripts.replace("restore", "neon", neon.postgres, neon.owner)).toBe(
      "restored 1 tables into neondb: public\n",
    );
    expect(
      await neon.postgres.query(neon.owner, "SELECT title, to_regclass('later') AS later FROM lessons GROUP BY 1"),
    ).toEqual([{ title: "as dumped", later: null }]);
    expect(await neon.postgres.query(neon.owner, "SELECT extname FROM pg_extension ORDER BY 1")).toEqual(
      ["citext", "pg_trgm", "plpgsql"].map((extname) => ({ extname })),
    );
  });

  test("objects of every kind are replaced", async () => {
    await neon.postgres.query(
      neon.owner,
      `CREATE TABLE wide (a int, b int, at date, PRIMARY KEY (a, at)) PARTITION BY RANGE (at);
       CREATE TABLE wide_2026 PARTITION OF wide FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
       CREATE STATISTICS wide_ab (dependencies) ON a, b FROM wide;
       CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE TYPE pair AS (a positive, b int);
       CREATE TYPE span AS RANGE (subtype = int); CREATE TYPE mood AS ENUM ('good');
       CREATE FUNCTION same(pair, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a = $2.a';
       CREATE OPERATOR === (LEFTARG = pair, RIGHTARG = pair, FUNCTION = same);
       CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int, INITCOND = 0);
       CREATE PROCEDURE tidy() LANGUAGE sql AS 'DELETE FROM public.wide';
       CREATE COLLATION by_bytes FROM "C"; CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple);
       CREATE TEXT SEARCH CONFIGURATION words (COPY = simple);
       CREATE MATERIALIZED VIEW summed AS SELECT total(a) FROM wide; CREATE SEQUENCE numbers;
       INSERT INTO wide VALUES (1, 2, '2026-06-01')`,
    );
    await neon.postgres.query(neon.superuser, "CREATE PUBLICATION everything FOR TABLES IN SCHEMA public");
    await scripts.takeSchemas(neon.postgres, neon.owner, "kinds");
    await neon.postgres.query(neon.owner, "DELETE FROM wide; DROP STATISTICS wide_ab");
    await neon.postgres.query(neon.owner, "CREATE STATISTICS later_ab (ndistinct) ON a, b FROM wide");
    await scripts.replace("restore", "kinds", neon.postgres, neon.owner);
    expect(
      await neon.postgres.query(
        neon.owner,
        `SELECT (SELECT array_agg(stxname::text) FROM pg_statistic_ext) AS statistics, (SELECT count(*)::int FROM wide) AS rows,
           (SELECT array_agg(schemaname || '.' || tablename ORDER BY tablename) FROM pg_publication_tables) AS published`,
      ),
    ).toEqual([{ statistics: ["wide_ab"], rows: 1, published: ["public.lessons", "public.wide_2026"] }]);
  });
});
