/** Rights that PUBLIC has in a database of an external server, and loses by the stack's script. */
import { resolve } from "node:path";
import { run } from "../../lab/command";
import { failureOf } from "./failure";
import { asSuperuser, ThrowAwayPostgres } from "./postgres";

jest.setTimeout(60_000);

const script = resolve(__dirname, "../../components/postgres/public-rights.sql");
let postgres: ThrowAwayPostgres;
beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start();
  await server(`CREATE ROLE administrator LOGIN CREATEROLE CREATEDB; CREATE ROLE demo LOGIN; CREATE ROLE demo_app LOGIN;
    CREATE ROLE demo_read_only LOGIN; CREATE ROLE other LOGIN`);
});
beforeEach(async () => {
  await server("DROP DATABASE IF EXISTS demo");
  await server("CREATE DATABASE demo OWNER demo");
  await database(
    "GRANT CONNECT ON DATABASE demo TO demo_app, demo_read_only; CREATE TABLE public.orders (n int)",
    "demo",
  );
});
afterAll(() => postgres?.stop());

const server = (sql: string) => postgres.query(asSuperuser(), sql);
const database = <Row = unknown>(sql: string, user = "postgres") =>
  postgres.query<Row>({ user, database: "demo" }, sql);

/** Runs the script as its Job does. */
const close = () =>
  run("psql", ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", `--file=${script}`], {
    env: {
      ...postgres.environment({ user: "demo", database: "demo" }),
      PGOPTIONS: "-c runsheet.administrator=administrator -c runsheet.shared=anon,service_role",
    },
  });

/** Logins that can connect. */
async function welcome(): Promise<string[]> {
  const all = ["administrator", "demo", "demo_app", "demo_read_only", "other"];
  const tried = await Promise.all(
    all.map((user) =>
      database("SELECT 1", user).then(
        () => [user],
        (error: Error) => {
          expect(error.message).toBe('permission denied for database "demo"');
          return [];
        },
      ),
    ),
  );
  return tried.flat();
}

test("another login of the server can connect before, and not after", async () => {
  expect(await welcome()).toContain("other");
  await close();
  expect(await welcome()).toEqual(["administrator", "demo", "demo_app", "demo_read_only"]);
  await close();
  expect(await welcome()).toEqual(["administrator", "demo", "demo_app", "demo_read_only"]);
});

const refusal = `ERROR:  other logins use the database demo, and could not connect any more once PUBLIC may not
HINT:  Let those connect that are to, and run up again: GRANT CONNECT ON DATABASE demo TO other; Take their rights and sessions from the others.`;

test("a login with rights in the database is not locked out silently", async () => {
  await database("GRANT SELECT ON public.orders TO other", "demo");
  expect(await failureOf(close())).toContain(refusal);
  expect(await welcome()).toContain("other");
  await database("GRANT CONNECT ON DATABASE demo TO other", "demo");
  await close();
  expect(await welcome()).toContain("other");
});

test("neither is one with rights by a group", async () => {
  await server("CREATE ROLE readers; GRANT readers TO other");
  await database("GRANT SELECT ON public.orders TO readers", "demo");
  expect(await failureOf(close())).toContain(refusal);
  await server("DROP DATABASE demo");
  await server("DROP ROLE readers");
});

test("nor one that is connected", async () => {
  await postgres.connected({ user: "other", database: "demo" }, async () => {
    expect(await failureOf(close())).toContain(refusal);
  });
});

describe("with another system on the server, whose login has the same shared roles", () => {
  beforeAll(() =>
    server(`CREATE ROLE anon; CREATE ROLE service_role; CREATE ROLE theirs LOGIN;
      GRANT anon, service_role TO demo_app, theirs, other`),
  );
  beforeEach(() => database("GRANT SELECT ON public.orders TO anon, service_role", "demo"));
  afterAll(async () => {
    await server("DROP DATABASE IF EXISTS demo");
    await server("DROP ROLE theirs; DROP ROLE anon; DROP ROLE service_role");
  });

  test("that login is no reason to stop, and does not get in", async () => {
    await close();
    expect(await welcome()).toEqual(["administrator", "demo", "demo_app", "demo_read_only"]);
    await expect(database("SELECT 1", "theirs")).rejects.toThrow('permission denied for database "demo"');
  });

  test("nor does it where an earlier version has let the shared roles in", async () => {
    await database(
      "REVOKE CONNECT ON DATABASE demo FROM PUBLIC; GRANT CONNECT ON DATABASE demo TO anon, service_role",
      "demo",
    );
    await database("SELECT 1", "theirs");
    await close();
    await expect(database("SELECT 1", "theirs")).rejects.toThrow('permission denied for database "demo"');
    await database("SET ROLE service_role; SELECT n FROM public.orders", "demo_app");
    await close();
  });

  test("one that is connected by a shared role is not locked out silently", async () => {
    await database(
      "REVOKE CONNECT ON DATABASE demo FROM PUBLIC; GRANT CONNECT ON DATABASE demo TO service_role",
      "demo",
    );
    await postgres.connected({ user: "other", database: "demo" }, async () => {
      expect(await failureOf(close())).toContain(refusal);
    });
  });
});

const planted = "CREATE FUNCTION public.planted() RETURNS int LANGUAGE sql AS 'SELECT 1'";

test("a read-only login creates no function that the owner could run", async () => {
  // As PostgreSQL 14 has it in every database.
  await database("GRANT CREATE ON SCHEMA public TO PUBLIC");
  await database(`${planted}; DROP FUNCTION public.planted()`, "demo_read_only");
  await close();
  await expect(database(planted, "demo_read_only")).rejects.toThrow("permission denied for schema public");
  await database("CREATE TABLE public.more (n int)", "demo");
});

test("the statement is told where the schema is another's, as before PostgreSQL 15", async () => {
  await database("ALTER SCHEMA public OWNER TO postgres; GRANT CREATE ON SCHEMA public TO PUBLIC");
  expect(await failureOf(close())).toContain(
    `ERROR:  every login may create functions in the schema public of demo, which the owner could run unawares
HINT:  Before PostgreSQL 15 the schema belongs to postgres. Run as that role, in this database: GRANT CREATE ON SCHEMA public TO demo; REVOKE CREATE ON SCHEMA public FROM PUBLIC;`,
  );
  await database("GRANT CREATE ON SCHEMA public TO demo; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  await close();
  await database("CREATE TABLE public.more (n int)", "demo");
});
