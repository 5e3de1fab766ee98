/** Memberships of a role that were inherited, and are no longer, by the stack's script. */
import { resolve } from "node:path";
import { run } from "../../lab/command";
import { failureOf } from "./failure";
import { asSuperuser, newestServer, ThrowAwayPostgres } from "./postgres";

jest.setTimeout(60_000);

/** Since PostgreSQL 16 each membership says whether it is inherited. Before, the role does, and the script does nothing. */
const since16 = newestServer() >= 16;
const testSince16 = since16 ? test : test.skip;

const script = resolve(__dirname, "../../components/postgres/memberships.sql");
let postgres: ThrowAwayPostgres;
beforeAll(async () => {
  postgres = await ThrowAwayPostgres.start();
  await server("CREATE ROLE administrator LOGIN CREATEROLE; CREATE ROLE service_role; CREATE ROLE anon");
  await server("GRANT service_role, anon TO administrator WITH ADMIN OPTION; CREATE TABLE orders (n int)");
  await server("GRANT SELECT ON orders TO service_role");
});
beforeEach(async () => {
  await server("DROP ROLE IF EXISTS demo_app, other_app");
  await server(
    "CREATE ROLE demo_app LOGIN IN ROLE anon, service_role; CREATE ROLE other_app LOGIN IN ROLE service_role",
  );
});
afterAll(() => postgres?.stop());

const server = <Row = unknown>(sql: string, user = "postgres") => postgres.query<Row>({ ...asSuperuser(), user }, sql);

/** Runs the script as its Job does. */
const set = (inherit: boolean, { user = "postgres", roles = "demo_app" } = {}) =>
  run("psql", ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", `--file=${script}`], {
    env: {
      ...postgres.environment({ ...asSuperuser(), user }),
      PGOPTIONS: `-c runsheet.roles=${roles} -c runsheet.inherit=${inherit}`,
    },
  });

const read = "SELECT count(*)::int AS rows FROM orders";
const denied = "permission denied for table orders";

/** Alters the role, as the operator and the provider do with one that is there. */
const operator = (attribute: "INHERIT" | "NOINHERIT") => server(`ALTER ROLE demo_app ${attribute}`);

/** Memberships with the transaction that wrote them last. */
const memberships = () =>
  server(`SELECT roleid::regrole::text AS role, member::regrole::text, to_jsonb(m) -> 'inherit_option' AS inherit, xmin::text
    FROM pg_auth_members AS m WHERE member::regrole::text LIKE '%_app' ORDER BY 1, 2`);

test("a login that inherited its roles has their rights only where it sets one", async () => {
  expect(await server(read, "demo_app")).toEqual([{ rows: 0 }]);
  await operator("NOINHERIT");
  await set(false);
  await expect(server(read, "demo_app")).rejects.toThrow(denied);
  await postgres.connected({ ...asSuperuser(), user: "demo_app" }, async (client) => {
    await client.query("BEGIN; SET LOCAL ROLE service_role");
    expect((await client.query(read)).rows).toEqual([{ rows: 0 }]);
    await client.query("COMMIT");
    await expect(client.query(read)).rejects.toThrow(denied);
  });
});

test("others' memberships stay, and running it again changes nothing", async () => {
  await set(false);
  const once = await memberships();
  expect(once).toMatchObject([
    { role: "anon", member: "demo_app", inherit: since16 ? false : null },
    { role: "service_role", member: "demo_app", inherit: since16 ? false : null },
    { role: "service_role", member: "other_app", inherit: since16 ? true : null },
  ]);
  await set(false);
  expect(await memberships()).toEqual(once);
});

test("they are inherited again where the stack says so", async () => {
  await operator("NOINHERIT");
  await set(false);
  await expect(server(read, "demo_app")).rejects.toThrow(denied);
  await operator("INHERIT");
  await set(true);
  expect(await server(read, "demo_app")).toEqual([{ rows: 0 }]);
});

test("an administrator who is no superuser changes what it granted", async () => {
  await server("DROP ROLE demo_app");
  await server("CREATE ROLE demo_app LOGIN; GRANT service_role TO demo_app", "administrator");
  expect(await server(read, "demo_app")).toEqual([{ rows: 0 }]);
  await operator("NOINHERIT");
  await set(false, { user: "administrator" });
  await expect(server(read, "demo_app")).rejects.toThrow(denied);
});

testSince16("the role's attribute alone changes none that is there", async () => {
  await operator("NOINHERIT");
  expect(await server(read, "demo_app")).toEqual([{ rows: 0 }]);
});

testSince16("the statement is told where the membership is another's", async () => {
  expect(await failureOf(set(false, { user: "administrator" }))).toContain(
    `ERROR:  a membership was granted by another role, and administrator may not change it
HINT:  Run as a superuser or as that role, and run up again: GRANT anon TO demo_app WITH INHERIT FALSE GRANTED BY postgres;`,
  );
  expect(await server(read, "demo_app")).toEqual([{ rows: 0 }]);
});

test("a role that is not there yet is made without them, and is no error", async () => {
  await set(false, { roles: "missing_app" });
  await server("CREATE ROLE missing_app LOGIN NOINHERIT IN ROLE service_role");
  await expect(server(read, "missing_app")).rejects.toThrow(denied);
  await server("DROP ROLE missing_app");
});
