/** Prerequisites on databases that are set up as Supabase and Neon set them up. */
import { runChecks } from "../../support/checks-runner";
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { ExistingSystems } from "../../support/existing-systems";
import { loginsEnvironment } from "../../support/url-environment";
import { NeonPostgres } from "../neon";
import { SupabasePostgres } from "../supabase";
import { systemFile } from "../system-database";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

let systems: ExistingSystems;
beforeAll(async () => {
  systems = await ExistingSystems.register();
});

const checksOf = (system: string) => {
  const all = systems.checks(`${system}-prerequisites`);
  return all.slice(0, all.findIndex(({ name }) => name === "connections for every pod") + 1);
};
const run = (system: string, urls: { url: string; directUrl: string }, caFile: string) => {
  const verified = (url: string) => `${url.replace(/\?.*/, "")}?sslmode=verify-full`;
  const environment = loginsEnvironment(
    { url: verified(urls.url), directUrl: verified(urls.directUrl) },
    { PGSSLROOTCERT: caFile },
  );
  return runChecks(checksOf(system), { environment });
};
const passed = (system: string) => {
  const names = checksOf(system).map(({ name }) => name);
  const lines = names.map((name) => `ok     ${name}\n`).join("");
  return { code: 0, stdout: `${lines}${names.length} of ${names.length} checks passed\n`, stderr: "" };
};

describe("Supabase", () => {
  let supabase: SupabasePostgres;
  const app = { user: "prism_app", password: "app@pass:w/%rd" };

  beforeAll(async () => {
    supabase = await SupabasePostgres.start({ extensions: ["vector", "pg_trgm"] });
    const as = (sql: string) => supabase.postgres.query(supabase.owner, sql);
    for (const name of ["prism", "omniops"]) {
      await as(`CREATE ROLE ${name}_app LOGIN PASSWORD '${app.password}'; CREATE ROLE ${name}_read_only`);
      await as(`GRANT anon, authenticated, service_role TO ${name}_app`);
    }
    // What the baselines grant on the schema auth is the platform's to grant.
    await supabase.postgres.query(supabase.superuser, "GRANT USAGE ON SCHEMA auth TO postgres WITH GRANT OPTION");
    for (const name of ["prism", "omniops"])
      await supabase.postgres.psql(supabase.owner, ["--file", systemFile(name, "baseline.sql")]);
  });
  afterAll(() => supabase.stop());

  test.each(["direct", "session"] as const)("passes with the %s address for migrations", async (address) => {
    const urls = { url: supabase.url("pooled", { login: app }), directUrl: supabase.url(address) };
    expect(await run("prism", urls, supabase.caFile)).toEqual(passed("prism"));
  });

  test("passes with one user for both, and extensions in a schema of their own", async () => {
    const urls = { url: supabase.url("pooled"), directUrl: supabase.url("session") };
    expect(await run("omniops", urls, supabase.caFile)).toEqual(passed("omniops"));
  });

  test("refuses the transaction pooler's address for migrations", async () => {
    const url = supabase.url("pooled");
    expect((await run("prism", { url, directUrl: url }, supabase.caFile)).stderr).toBe(
      "FAILED migrations keep their session: databaseUrl leads through a pooler in transaction mode, which gives a session's connection away after each transaction\n" +
        "  They need locks and settings of a session. Set prism:databaseDirectUrl to the server itself, or to a pooler in session mode: with Supabase to port 5432, with Neon to the host without -pooler.\n",
    );
  });

  test("refuses a user that may not refer to the platform's users", async () => {
    await supabase.postgres.query(supabase.superuser, "CREATE ROLE migrator LOGIN PASSWORD 'secret' IN ROLE prism_app");
    await supabase.postgres.query(
      supabase.superuser,
      "GRANT ALL ON SCHEMA public TO migrator; GRANT CREATE ON DATABASE postgres TO migrator",
    );
    const directUrl = supabase.url("direct", { login: { user: "migrator", password: "secret" } });
    const urls = { url: supabase.url("pooled", { login: app }), directUrl };
    expect((await run("prism", urls, supabase.caFile)).stderr).toContain(
      'FAILED the owner of the existing tables: not_owned is ["public.businesses of postgres","public.invoices of postgres"], expected []\n',
    );
    for (const table of ["businesses", "invoices"])
      await supabase.postgres.query(supabase.superuser, `ALTER TABLE ${table} OWNER TO migrator`);
    expect((await run("prism", urls, supabase.caFile)).stderr).toContain(
      'FAILED the owner of the existing tables: not_referable is ["auth.users"], expected []\n',
    );
  });
});

describe("Neon", () => {
  let neon: NeonPostgres;

  beforeAll(async () => {
    neon = await NeonPostgres.start();
    const as = (sql: string) => neon.postgres.query(neon.owner, sql);
    await as("CREATE ROLE mued_app LOGIN PASSWORD 'secret'; CREATE ROLE mued_read_only");
    await neon.postgres.psql(neon.owner, ["--file", systemFile("mued", "baseline.sql")]);
  });
  afterAll(() => neon.stop());

  test("passes though it is suspended, and the pooled host is not the one for migrations", async () => {
    const url = neon.url("pooled", { login: { user: "mued_app", password: "secret" } });
    await neon.suspend();
    expect(await run("mued", { url, directUrl: neon.url("direct") }, neon.caFile)).toEqual(passed("mued"));
    await neon.suspend();
    expect((await run("mued", { url, directUrl: neon.url("pooled") }, neon.caFile)).stderr).toContain(
      "FAILED migrations keep their session: databaseDirectUrl leads through a pooler in transaction mode",
    );
  });
});
