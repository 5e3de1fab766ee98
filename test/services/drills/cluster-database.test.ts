/** A drill's superuser, in a database whose owner has put functions of their own before PostgreSQL's. */
import { ClusterDatabase } from "../../../drills/cluster-database";
import type { Kubectl } from "../../../drills/kubectl";
import { run } from "../../../lab/command";
import { asSuperuser, ThrowAwayPostgres } from "../postgres";

let postgres: ThrowAwayPostgres;
beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start();
  await postgres.query(asSuperuser(), "CREATE ROLE prism LOGIN");
  await postgres.query(asSuperuser(), "CREATE DATABASE prism OWNER prism");
});
afterAll(() => postgres.stop());

/** Database in the throw-away server, which kubectl's answers lead to. */
function drilled(): ClusterDatabase {
  const spec = { imageName: "postgresql:17", bootstrap: { initdb: { database: "prism", secret: { name: "prism" } } } };
  const answers: Record<string, string> = { clusters: JSON.stringify({ spec }), pods: "prism-1" };
  const kubectl = {
    run: async (...args: string[]) => {
      const [program, ...others] = args.slice(args.indexOf("--") + 1);
      if (args[0] === "exec") return (await run(program!, others, { env: postgres.environment(asSuperuser()) })).trim();
      return answers[args[1]!.split(".")[0]!]!;
    },
  };
  return new ClusterDatabase(kubectl as unknown as Kubectl, "prism", "prism-postgresql");
}

test("runs no function of the owner's", async () => {
  const owner = { user: "prism", database: "prism" };
  await postgres.query(
    owner,
    `CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS $$BEGIN
       IF current_setting('is_superuser')::boolean THEN ALTER ROLE prism SUPERUSER; END IF;
       RETURN pg_catalog.clock_timestamp(); END$$;
     ALTER DATABASE prism SET search_path = public, pg_catalog`,
  );
  // A superuser's session without a search path of its own runs it.
  await postgres.query(asSuperuser("prism"), "SELECT clock_timestamp()");
  expect(await postgres.isSuperuser("prism")).toBe(true);
  await postgres.query(asSuperuser(), "ALTER ROLE prism NOSUPERUSER");

  expect(Math.abs((await drilled().now()) - Date.now())).toBeLessThan(60_000);
  expect(await postgres.isSuperuser("prism")).toBe(false);
});

test("finds the drill's table, and removes it", async () => {
  await postgres.query(
    { user: "prism", database: "prism" },
    `CREATE TABLE ${drilled().table} (id bigint, written timestamptz);
     INSERT INTO ${drilled().table} VALUES (1, now()), (2, '-infinity')`,
  );
  expect(await drilled().rows()).toEqual([1]);
  await drilled().dropTable();
  expect(await drilled().rows()).toEqual([]);
});
