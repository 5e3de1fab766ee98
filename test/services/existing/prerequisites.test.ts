/** Prerequisites of existing databases, as the program declares them for the five systems, with their exact messages. */
import type { SqlCheck } from "../../../components/checks/check";
import { runChecks } from "../../support/checks-runner";
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { ExistingSystems } from "../../support/existing-systems";
import { loginsEnvironment } from "../../support/url-environment";
import { asSuperuser } from "../postgres";
import { systemFile } from "../system-database";
import { ExistingServer } from "./server";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

let systems: ExistingSystems;
let server: ExistingServer;

beforeAll(async () => {
  systems = await ExistingSystems.register({ connections: 2 });
  server = await ExistingServer.start({ settings: { shared_preload_libraries: "pg_stat_statements" } });
  await sql("CREATE ROLE pm_app; CREATE ROLE pm_read_only; GRANT pm_app TO app; CREATE EXTENSION pg_stat_statements");
  await sql("GRANT CREATE ON SCHEMA public TO owner");
  const owner = { user: "owner", database: "data" };
  await server.postgres.psql(owner, ["--file", systemFile("pm", "baseline.sql")]);
});
afterAll(() => server.stop());

const sql = (statements: string) => server.postgres.query(asSuperuser("data"), statements);
const checksOf = (system: string) => {
  const all = systems.checks(`${system}-prerequisites`);
  return all.slice(0, all.findIndex(({ name }) => name === "connections for every pod") + 1);
};
const run = (change: (checks: readonly SqlCheck[]) => readonly SqlCheck[] = (checks) => checks) =>
  runChecks(change(checksOf("pm") as readonly SqlCheck[]), {
    environment: loginsEnvironment({ url: server.url(), directUrl: server.direct() }),
  });

test("a database that has all of it passes, and nothing is made in it", async () => {
  const objects = `SELECT (SELECT count(*) FROM pg_class)::int AS relations, (SELECT count(*) FROM pg_roles)::int AS roles`;
  const before = await sql(objects);
  const names = checksOf("pm").map(({ name }) => `ok     ${name}\n`);
  expect(await run()).toEqual({ code: 0, stdout: `${names.join("")}11 of 11 checks passed\n`, stderr: "" });
  expect(await sql(objects)).toEqual(before);
});

test.each<[string, string, string, string]>([
  [
    "the rights of the migrations",
    "REVOKE CREATE ON SCHEMA public FROM owner; ALTER DATABASE data OWNER TO pooler; REVOKE CREATE ON DATABASE data FROM owner",
    "ALTER DATABASE data OWNER TO owner; GRANT CREATE ON SCHEMA public TO owner",
    `missing_rights is ["CREATE ON SCHEMA public","CREATE ON DATABASE data"], expected []
  Correct pm:postgres.schemas; GRANT the rights to the user of pm:databaseDirectUrl, as the owner of the schema or of the database.`,
  ],
  [
    "the roles of the migrations",
    "ALTER ROLE pm_read_only RENAME TO pm_readers",
    "ALTER ROLE pm_readers RENAME TO pm_read_only",
    `missing is ["pm_read_only"], expected []
  The migrations of Runsheet grant them rights. Create those that are missing: CREATE ROLE pm_app LOGIN PASSWORD '...'; GRANT pg_read_all_stats TO pm_app; CREATE ROLE pm_read_only LOGIN PASSWORD '...';`,
  ],
  [
    "the application's role",
    "REVOKE pm_app FROM app",
    "GRANT pm_app TO app",
    `gets_rights is false, expected true
  The migrations of Runsheet grant rights to pm_app. Log in as it with pm:databaseUrl, or GRANT pm_app to the user of that URL.`,
  ],
  [
    "the extensions",
    "DROP EXTENSION pg_stat_statements",
    "CREATE EXTENSION pg_stat_statements",
    `missing is ["pg_stat_statements"], expected []
  CREATE EXTENSION for each that is missing, with Supabase: SCHEMA extensions. For one that is not on the search path: ALTER ROLE ... SET search_path = "$user", public, extensions.`,
  ],
  [
    "the extensions",
    "CREATE SCHEMA extensions; ALTER EXTENSION pg_stat_statements SET SCHEMA extensions",
    "ALTER EXTENSION pg_stat_statements SET SCHEMA public; DROP SCHEMA extensions",
    `not_on_search_path is ["pg_stat_statements in extensions"], expected []
  CREATE EXTENSION for each that is missing, with Supabase: SCHEMA extensions. For one that is not on the search path: ALTER ROLE ... SET search_path = "$user", public, extensions.`,
  ],
  [
    "the owner of the existing tables",
    "ALTER TABLE signals OWNER TO pooler",
    "ALTER TABLE signals OWNER TO owner",
    `not_owned is ["public.signals of pooler"], expected []
  Only its owner alters a table: log in as that role with pm:databaseDirectUrl, or GRANT it to the user of that URL. For a table of others: GRANT REFERENCES ON it.`,
  ],
  [
    "the application's rights on the existing tables",
    "REVOKE USAGE ON SCHEMA public FROM PUBLIC, pm_app; REVOKE DELETE ON signals FROM pm_app",
    "GRANT USAGE ON SCHEMA public TO PUBLIC, pm_app; GRANT DELETE ON signals TO pm_app",
    `missing is ["DELETE ON public.signals","USAGE ON SCHEMA public"], expected []
  GRANT these to the user of pm:databaseUrl, as the tables' owner.`,
  ],
  [
    "connections for every pod",
    "ALTER DATABASE data CONNECTION LIMIT 20",
    "ALTER DATABASE data CONNECTION LIMIT -1",
    `needs 21 connections (2 x 4 pods x 2 during rollouts, + 5 for migrations, dumps and checks); 20 are free, beside 1 that others hold
  Set pm:postgres.connections to the size of a pod's pool, raise the server's max_connections, or let pm:databaseUrl lead through a pooler in transaction mode.`,
  ],
])("%s: what is not so has a way out", async (name, change, back, message) => {
  await sql(change);
  try {
    const { code, stderr } = await run();
    expect(stderr).toBe(`FAILED ${name}: ${message}\n`);
    expect(code).toBe(1);
  } finally {
    await sql(back);
  }
});

test("schemas that are not there are told", async () => {
  const { stderr } = await run((checks) =>
    checks.map((check) => ({
      ...check,
      ...(check.sql && { sql: check.sql.replaceAll('"public"}', '"public","Other"}') }),
    })),
  );
  expect(stderr).toContain('FAILED the rights of the migrations: missing_schemas is ["Other"], expected []\n');
});

test("a server that is later than pg_dump is told", async () => {
  const { stderr } = await run((checks) =>
    checks.map((check) => ({ ...check, ...(check.sql && { sql: check.sql.replace("10000 > 15", "10000 > 14") }) })),
  );
  const [version] = (await sql("SELECT current_setting('server_version') AS version")) as { version: string }[];
  expect(stderr).toBe(
    `FAILED pg_dump is not older than the server: later_version is "${version!.version}", expected null\n` +
      "  pg_dump 15 refuses later versions: set pm:postgres.image to an image of the server's.\n",
  );
});

test("an extension that the server does not have is told", async () => {
  const { stderr } = await run((checks) =>
    checks.map((check) => ({
      ...check,
      ...(check.sql && { sql: check.sql.replaceAll("pg_stat_statements", "pg_unknown") }),
    })),
  );
  expect(stderr).toContain(
    'FAILED the extensions: missing is ["pg_unknown (the server does not have it)"], expected []',
  );
});

test("pg_stat_statements that records nothing is told", async () => {
  const check = systems.checks("pm-prerequisites").find(({ name }) => name === "pg_stat_statements")!;
  const ask = () =>
    runChecks([{ ...check, withinSeconds: 0 }], {
      environment: loginsEnvironment({ url: server.url(), directUrl: server.direct() }),
    });
  expect((await ask()).stdout).toBe("ok     pg_stat_statements\n1 of 1 checks passed\n");
  await sql("ALTER DATABASE data SET pg_stat_statements.track = 'none'");
  // In a session of its own, which is not recorded either.
  await sql("SELECT pg_stat_statements_reset()");
  try {
    expect((await ask()).stderr).toContain("FAILED pg_stat_statements: records is false, expected true\n");
  } finally {
    await sql("ALTER DATABASE data RESET pg_stat_statements.track");
  }
});
