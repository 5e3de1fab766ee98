/** Supabase's roles, owners and refusals, as the test server has them. */
import { newestServer } from "../postgres";
import { SupabasePostgres } from "../supabase";
import { Sessions, value } from "./sessions";

jest.setTimeout(60_000);

let supabase: SupabasePostgres;
const sessions = new Sessions();
const since16 = newestServer() >= 16;

beforeAll(async () => {
  supabase = await SupabasePostgres.start();
});
afterEach(() => sessions.close());
afterAll(() => supabase?.stop());

/** Runs a query as the customer. */
async function ask<Row>(sql: string): Promise<Row[]> {
  const client = await sessions.open(supabase.url("direct"));
  return (await client.query(sql)).rows as Row[];
}

test("postgres is no superuser, and owns the database", async () => {
  expect(
    await ask(
      `SELECT current_user::text, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolconfig,
         (SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()) AS owner
       FROM pg_roles WHERE rolname = current_user`,
    ),
  ).toEqual([
    {
      ...{ current_user: "postgres", rolsuper: false, rolcreatedb: true, rolcreaterole: true, rolreplication: true },
      ...{ rolbypassrls: true, rolconfig: ['search_path="\\$user", public, extensions'], owner: "postgres" },
    },
  ]);
});

test("postgres is a member of the API's roles, and not of the services' logins", async () => {
  const rows = await ask<{ role: string }>(
    `SELECT roleid::regrole::text AS role FROM pg_auth_members WHERE member = 'postgres'::regrole ORDER BY 1`,
  );
  expect(rows.map(({ role }) => role)).toEqual([
    ...["anon", "authenticated", ...(since16 ? ["authenticator", "pg_create_subscription"] : [])],
    ...["pg_monitor", "pg_read_all_data", "pg_signal_backend", "service_role", "supabase_privileged_role"],
  ]);
});

test("the API's roles have their attributes and time limits", async () => {
  expect(
    await ask(
      `SELECT rolname, rolcanlogin, rolinherit, rolbypassrls, rolconfig FROM pg_roles
       WHERE rolname IN ('anon', 'authenticated', 'authenticator', 'service_role') ORDER BY rolname`,
    ),
  ).toEqual([
    { rolname: "anon", rolcanlogin: false, rolinherit: true, rolbypassrls: false, rolconfig: ["statement_timeout=3s"] },
    {
      ...{ rolname: "authenticated", rolcanlogin: false, rolinherit: true, rolbypassrls: false },
      rolconfig: ["statement_timeout=8s"],
    },
    {
      ...{ rolname: "authenticator", rolcanlogin: true, rolinherit: false, rolbypassrls: false },
      rolconfig: ["statement_timeout=8s", "lock_timeout=8s"],
    },
    { rolname: "service_role", rolcanlogin: false, rolinherit: true, rolbypassrls: true, rolconfig: null },
  ]);
});

test("the schemas belong to the platform, except public and extensions", async () => {
  expect(
    await ask(
      `SELECT nspname AS schema, nspowner::regrole::text AS owner, has_schema_privilege(oid, 'CREATE') AS can_create
       FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$' ORDER BY nspname`,
    ),
  ).toEqual([
    { schema: "auth", owner: "supabase_admin", can_create: false },
    { schema: "extensions", owner: "postgres", can_create: true },
    { schema: "graphql", owner: "supabase_admin", can_create: false },
    { schema: "graphql_public", owner: "supabase_admin", can_create: false },
    { schema: "pgbouncer", owner: "pgbouncer", can_create: false },
    { schema: "public", owner: "pg_database_owner", can_create: true },
    { schema: "realtime", owner: "supabase_admin", can_create: false },
    { schema: "storage", owner: "supabase_admin", can_create: false },
    { schema: "supabase_functions", owner: "supabase_admin", can_create: false },
    { schema: "vault", owner: "supabase_admin", can_create: false },
  ]);
});

test("the platform's tables belong to its services", async () => {
  expect(
    await ask(
      `SELECT relnamespace::regnamespace || '.' || relname AS name, relowner::regrole::text AS owner, relrowsecurity AS rls
       FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
         AND relnamespace::regnamespace::text IN ('auth', 'storage', 'realtime') ORDER BY 1`,
    ),
  ).toEqual([
    { name: "auth.schema_migrations", owner: "supabase_auth_admin", rls: true },
    { name: "auth.users", owner: "supabase_auth_admin", rls: true },
    { name: "realtime.messages", owner: "supabase_realtime_admin", rls: true },
    { name: "realtime.schema_migrations", owner: "supabase_admin", rls: false },
    { name: "realtime.subscription", owner: "supabase_admin", rls: false },
    { name: "storage.buckets", owner: "supabase_storage_admin", rls: true },
    { name: "storage.migrations", owner: "supabase_storage_admin", rls: true },
    { name: "storage.objects", owner: "supabase_storage_admin", rls: true },
  ]);
});

test("the extensions are in the schema extensions, and belong to supabase_admin", async () => {
  expect(
    await ask(
      `SELECT extname AS name, extnamespace::regnamespace::text AS schema, extowner::regrole::text AS owner
       FROM pg_extension ORDER BY extname`,
    ),
  ).toEqual([
    { name: "pg_stat_statements", schema: "extensions", owner: "supabase_admin" },
    { name: "pgcrypto", schema: "extensions", owner: "supabase_admin" },
    { name: "plpgsql", schema: "pg_catalog", owner: "supabase_admin" },
    { name: "uuid-ossp", schema: "extensions", owner: "supabase_admin" },
  ]);
});

test("event triggers and one publication belong to supabase_admin", async () => {
  expect(
    await ask(
      `SELECT evtname AS name, evtowner::regrole::text AS owner FROM pg_event_trigger
       UNION ALL SELECT pubname, pubowner::regrole::text FROM pg_publication ORDER BY 1`,
    ),
  ).toEqual([
    { name: "issue_graphql_placeholder", owner: "supabase_admin" },
    { name: "issue_pg_cron_access", owner: "supabase_admin" },
    { name: "issue_pg_graphql_access", owner: "supabase_admin" },
    { name: "issue_pg_net_access", owner: "supabase_admin" },
    { name: "pgrst_ddl_watch", owner: "supabase_admin" },
    { name: "pgrst_drop_watch", owner: "supabase_admin" },
    { name: "supabase_realtime", owner: "postgres" },
    { name: "supabase_realtime_messages_publication", owner: "supabase_admin" },
  ]);
});

test.each([
  ["CREATE TABLE auth.mine ()", "permission denied for schema auth"],
  ["CREATE FUNCTION storage.mine() RETURNS int RETURN 1", "permission denied for schema storage"],
  ["ALTER TABLE auth.users ADD COLUMN mine int", "must be owner of table users"],
  ["DROP TABLE storage.objects CASCADE", "must be owner of table objects"],
  ["CREATE OR REPLACE FUNCTION auth.uid() RETURNS uuid RETURN NULL::uuid", "permission denied for schema auth"],
  ["INSERT INTO auth.schema_migrations VALUES ('1')", "permission denied for table schema_migrations"],
  ["INSERT INTO vault.secrets (secret) VALUES ('s')", "permission denied for table secrets"],
  ["DROP SCHEMA realtime CASCADE", "must be owner of schema realtime"],
  ["DROP EXTENSION pgcrypto", "must be owner of extension pgcrypto"],
  ["COMMENT ON EXTENSION pgcrypto IS ''", "must be owner of extension pgcrypto"],
  ["CREATE EXTENSION amcheck", 'permission denied to create extension "amcheck"'],
  [
    "CREATE EVENT TRIGGER mine ON sql_drop EXECUTE FUNCTION extensions.pgrst_drop_watch()",
    'permission denied to create event trigger "mine"',
  ],
  ["ALTER EVENT TRIGGER pgrst_ddl_watch DISABLE", "must be owner of event trigger pgrst_ddl_watch"],
  ["DROP EVENT TRIGGER pgrst_ddl_watch", "must be owner of event trigger pgrst_ddl_watch"],
  [
    "ALTER PUBLICATION supabase_realtime_messages_publication DROP TABLE realtime.messages",
    "must be owner of publication supabase_realtime_messages_publication",
  ],
  ["CREATE PUBLICATION mine FOR ALL TABLES", "must be superuser to create FOR ALL TABLES publication"],
  ["SET ROLE supabase_auth_admin", 'permission denied to set role "supabase_auth_admin"'],
  [
    "ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin REVOKE ALL ON TABLES FROM anon",
    since16 ? "permission denied to change default privileges" : 'must be member of role "supabase_admin"',
  ],
  [
    "ALTER ROLE postgres SUPERUSER",
    since16 ? "permission denied to alter role" : "must be superuser to alter superuser",
  ],
  ["COPY auth.users TO PROGRAM 'true'", "external program"],
])("postgres is refused: %s", async (sql, message) => {
  await expect(ask(sql)).rejects.toThrow(message);
});

test("a revoke of the platform's grant says nothing and does nothing", async () => {
  await ask("REVOKE USAGE ON SCHEMA auth FROM anon");
  expect(await ask("SELECT has_schema_privilege('anon', 'auth', 'USAGE') AS usage")).toEqual([{ usage: true }]);
});

test("postgres reads and writes the users, refers to them and sets triggers on them", async () => {
  const client = await sessions.open(supabase.url("direct"));
  await client.query(`CREATE TABLE public.profiles (id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE)`);
  await client.query(
    `CREATE FUNCTION public.handle_new_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
     BEGIN INSERT INTO public.profiles VALUES (new.id); RETURN new; END $$`,
  );
  await client.query(
    "CREATE TRIGGER on_sign_up AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION public.handle_new_user()",
  );
  expect(await value(client, "SELECT array_agg(email ORDER BY email) FROM auth.users")).toEqual([
    "ada@example.test",
    "grace@example.test",
  ]);
  await client.query("INSERT INTO auth.users (id) VALUES ('00000000-0000-4000-8000-00000000000c')");
  expect(await value(client, "SELECT id FROM public.profiles")).toBe("00000000-0000-4000-8000-00000000000c");
  await expect(client.query("ALTER TABLE public.profiles DISABLE TRIGGER ALL")).rejects.toThrow("is a system trigger");
  await client.query("SET session_replication_role = replica");
  expect(await value(client, "SHOW session_replication_role")).toBe("replica");
});

test("postgres makes roles, schemas, publications and trusted extensions", async () => {
  const client = await sessions.open(supabase.url("direct"));
  await client.query("CREATE ROLE reports LOGIN PASSWORD 'secret'");
  await expect(client.query("SET ROLE reports")).rejects.toThrow('permission denied to set role "reports"');
  await client.query("CREATE SCHEMA reports");
  await client.query("CREATE TABLE reports.daily (day date PRIMARY KEY)");
  await client.query("ALTER PUBLICATION supabase_realtime ADD TABLE reports.daily");
  await client.query("CREATE EXTENSION pg_trgm WITH SCHEMA extensions");
  expect(await value(client, "SELECT similarity('one', 'one')")).toBe(1);
  expect(await value(client, "SELECT tablename FROM pg_publication_tables WHERE pubname = 'supabase_realtime'")).toBe(
    "daily",
  );
});

test("each change of the schema tells PostgREST", async () => {
  const client = await sessions.open(supabase.url("direct"));
  const heard: string[] = [];
  client.on("notification", ({ channel, payload }) => heard.push(`${channel}: ${payload}`));
  await client.query("LISTEN pgrst");
  await client.query("CREATE TABLE public.watched ()");
  await client.query("DROP TABLE public.watched");
  expect(heard).toEqual(["pgrst: reload schema", "pgrst: reload schema"]);
});

test("statements on reserved roles are found in the log", async () => {
  expect(supabase.statementsOnReservedRoles()).toEqual([]);
  const client = await sessions.open(supabase.url("direct"));
  await client.query("CREATE ROLE anonymous");
  await client.query("ALTER ROLE anonymous CONNECTION LIMIT 5");
  await client.query("GRANT SELECT ON auth.users TO anonymous");
  expect(supabase.statementsOnReservedRoles()).toEqual([]);
  await client.query("BEGIN");
  await client.query("ALTER ROLE anon SET statement_timeout = '1s'");
  await client.query({ text: "GRANT\nservice_role TO anonymous", name: "prepared" });
  await client.query("ROLLBACK");
  expect(supabase.statementsOnReservedRoles()).toEqual([
    "ALTER ROLE anon SET statement_timeout = '1s'",
    "GRANT\nservice_role TO anonymous",
  ]);
});
