/** Supabase's direct and pooled addresses, and the options of the test server. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { failureOf } from "../failure";
import { privateFile } from "../server-process";
import { SupabasePostgres } from "../supabase";
import { TestAuthority } from "../test-authority";
import { psql, Sessions, value, verified } from "./sessions";

jest.setTimeout(60_000);

/** Second address of this machine, in the place of the one that pods reach. */
const podAddress = "127.0.0.2";
const ada = "00000000-0000-4000-8000-00000000000a";
let supabase: SupabasePostgres;
const sessions = new Sessions();

beforeAll(async () => {
  supabase = await SupabasePostgres.start({
    ...{ podAddress, extensions: ["vector"], apiPrivileges: false, automaticRowSecurity: true, poolSize: 5 },
  });
});
afterEach(() => sessions.close());
afterAll(() => supabase?.stop());

test.each(["direct", "session", "pooled"] as const)("the %s address checks the password", async (address) => {
  const url = supabase.url(address);
  const who =
    "SELECT current_user || ' of ' || pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()";
  expect(await psql(url, who)).toBe("postgres of postgres");
  expect(await failureOf(psql(url.replace("sb%40pass", "other"), who))).toMatch(
    /password authentication failed|SASL authentication failed/,
  );
});

test.each(["direct", "session", "pooled"] as const)(
  "the %s address has a certificate of its own CA",
  async (address) => {
    const encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    for (const host of ["localhost", podAddress])
      expect(await psql(verified(supabase.url(address, { host }), supabase.caFile), encrypted)).toBe("t");
    const other = await privateFile(
      supabase.postgres.directory,
      "other.crt",
      (await TestAuthority.create("Other")).pem,
    );
    expect(await failureOf(psql(verified(supabase.url(address), other), encrypted))).toContain(
      "certificate verify failed",
    );
    const elsewhere = supabase.url(address, { host: "db.example.test" });
    expect(await failureOf(psql(`${verified(elsewhere, supabase.caFile)}&hostaddr=127.0.0.1`, encrypted))).toContain(
      'server certificate for "localhost" (and 2 other names) does not match host name "db.example.test"',
    );
  },
);

test("the poolers' user name has the project's name, and a dedicated pooler's has not", async () => {
  expect(new URL(supabase.url("direct")).username).toBe("postgres");
  expect(new URL(supabase.url("pooled")).username).toBe("postgres.abcdefghijklmnopqrst");
  const dedicated = new URL(supabase.url("pooled"));
  dedicated.username = "postgres";
  expect(await psql(dedicated.href, "SELECT current_user")).toBe("postgres");
});

test("a role that postgres makes logs in at each address", async () => {
  await psql(supabase.url("direct"), "CREATE ROLE app LOGIN PASSWORD 'app@secret'");
  const login = { user: "app", password: "app@secret" };
  for (const address of ["direct", "session", "pooled"] as const)
    expect(await psql(supabase.url(address, { login }), "SELECT session_user")).toBe("app");
});

test.each([
  ["direct", "one", true],
  ["session", "one", true],
  ["pooled", null, false],
] as const)("session state at the %s address: setting %s, lock kept %s", async (address, setting, keepsLock) => {
  const [one, other] = [await sessions.open(supabase.url(address)), await sessions.open(supabase.url(address))];
  await one.query("SET test.mine = 'one'");
  await one.query("SELECT pg_advisory_lock(18)");
  await other.query("BEGIN");
  expect(await value(other, "SELECT pg_try_advisory_xact_lock(18)")).toBe(!keepsLock);
  expect(await value(one, "SELECT current_setting('test.mine', true)")).toBe(setting);
});

test("users see their own files only, by the token's claims", async () => {
  const files = "SELECT string_agg(name, ' ') FROM storage.objects";
  const { postgres, superuser } = supabase;
  await postgres.query(
    superuser,
    "CREATE POLICY mine ON storage.objects FOR SELECT TO authenticated USING (owner = auth.uid() AND auth.role() = 'user')",
  );
  const login = { user: "authenticator", password: supabase.password };
  const client = await sessions.open(supabase.url("direct", { login }));
  expect(await value(client, "SHOW statement_timeout")).toBe("8s");
  const as = async (claims: object) => {
    await client.query("BEGIN");
    await client.query("SELECT set_config('request.jwt.claims', $1, true)", [JSON.stringify(claims)]);
    await client.query("SET LOCAL ROLE authenticated");
    const seen = await value(client, files);
    await client.query("ROLLBACK");
    return seen;
  };
  expect(await as({ sub: ada, role: "user" })).toBe("ada/1.pdf");
  expect(await as({ sub: ada, role: "other" })).toBeNull();
  expect(await as({})).toBeNull();
});

test("the extensions asked for belong to supabase_admin", async () => {
  const owned =
    "SELECT extnamespace::regnamespace || ' ' || extowner::regrole FROM pg_extension WHERE extname = 'vector'";
  expect(await psql(supabase.url("direct"), owned)).toBe("extensions supabase_admin");
  expect(await psql(supabase.url("direct"), "SELECT '[1,2]'::vector <-> '[1,4]'")).toBe("2");
  expect(await failureOf(psql(supabase.url("direct"), "DROP EXTENSION vector"))).toContain(
    "must be owner of extension vector",
  );
});

const privileges = `SELECT has_table_privilege('anon', 'public.fresh', 'SELECT') || ' ' ||
  has_table_privilege('service_role', 'public.fresh', 'INSERT') || ' ' ||
  has_function_privilege('anon', 'public.fresh()', 'EXECUTE') || ' ' || relrowsecurity
  FROM pg_class WHERE oid = 'public.fresh'::regclass`;
const make = "CREATE TABLE public.fresh (); CREATE FUNCTION public.fresh() RETURNS int RETURN 1";

test("a new project gives the API nothing, and switches row security on if asked to", async () => {
  await psql(supabase.url("direct"), make);
  expect(await psql(supabase.url("direct"), privileges)).toBe("false false false true");
  await psql(supabase.url("direct"), "ALTER EVENT TRIGGER ensure_rls DISABLE");
  await psql(supabase.url("direct"), "ALTER EVENT TRIGGER ensure_rls ENABLE");
});

test("an older project gives the API everything, and its stop leaves nothing behind", async () => {
  const older = await SupabasePostgres.start();
  await psql(older.url("direct"), make);
  expect(await psql(older.url("direct"), privileges)).toBe("true true true false");
  expect(existsSync(join(older.postgres.directory, "data"))).toBe(true);
  await older.stop();
  expect(existsSync(older.postgres.directory)).toBe(false);
  for (const address of ["direct", "session", "pooled"] as const)
    expect(await failureOf(psql(older.url(address), "SELECT 1"))).toContain("Connection refused");
});
