/**
 * Two systems on one external PostgreSQL server, with the real provider: it verifies the server, and neither system takes
 * the other's roles away.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { run } from "../../lab/command";
import { asSuperuser, ThrowAwayPostgres } from "../services/postgres";
import installPostgres from "../services/setup";
import { TestAuthority } from "../services/test-authority";
import { freePort } from "../support/free-port";
import { execute, Workspace } from "../support/workspace";

const workspace = new Workspace();
const directory = mkdtempSync(join(tmpdir(), "runsheet-external-"));
const environment = {
  KUBECONFIG: "",
  PULUMI_BACKEND_URL: `file://${directory}/state`,
  PULUMI_CONFIG_PASSPHRASE: "",
  PULUMI_STACK: "test",
};
/** Password that has to be escaped in a URL. */
const password = "p@ss:w/%rd";
let server: ThrowAwayPostgres;
let port: number;
let ca: string;

async function pulumi(...args: string[]): Promise<string> {
  const program = join(workspace.directory, "test", "graph", "external");
  const { code, output } = await execute("pulumi", [...args, "--non-interactive"], program, environment);
  if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}: ${output}`);
  return output;
}

const setTls = (tls: object) => pulumi("config", "set", "tls", JSON.stringify(tls));

/** Brings these systems up. */
async function up(...systems: string[]): Promise<string> {
  await pulumi("config", "set", "systems", JSON.stringify(systems));
  return pulumi("up", "--yes", "--skip-preview");
}

const sql = <Row>(text: string) => server.query<Row>(asSuperuser(), text);

beforeAll(async () => {
  await installPostgres();
  port = await freePort();
  const authority = await TestAuthority.create();
  ca = authority.pem;
  const [certificate, addresses] = [await authority.issue(["127.0.0.1"]), ["127.0.0.1"]];
  server = await ThrowAwayPostgres.start({ listen: { addresses, port, certificate, tlsOnly: true } });
  await sql(`CREATE ROLE administrator LOGIN CREATEROLE CREATEDB PASSWORD '${password}'`);
  mkdirSync(join(directory, "state"));
  await pulumi("stack", "init", "test");
  await pulumi("config", "set", "directory", join(directory, "objects"));
  await pulumi("config", "set", "port", String(port));
  await pulumi("config", "set", "--secret", "password", password);
  await pulumi("config", "set", "host", "127.0.0.1");
  await setTls({ ca });
});
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true });
  workspace.remove();
});

const script = join(__dirname, "..", "..", "components", "postgres", "shared-roles.sql");
/** Roles as the Job that shares them names them. */
const options = "-c runsheet.roles=anon,authenticated,service_role";

/** Runs the script of that Job, as the cluster does. */
async function shareRoles(): Promise<void> {
  const login = { PGHOST: "127.0.0.1", PGPORT: String(port), PGUSER: "administrator", PGPASSWORD: password };
  const env = { ...login, PGDATABASE: "postgres", PGOPTIONS: options };
  await run("psql", ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", `--file=${script}`], { env });
}

/** Members of the three roles, by role. */
async function members(): Promise<Record<string, string[]>> {
  const rows = await sql<{ role: string; members: string[] }>(
    `SELECT rolname AS role, ARRAY(
       SELECT member::regrole::text FROM pg_auth_members WHERE roleid = r.oid AND member::regrole::text LIKE '%_app' ORDER BY 1
     ) AS members
     FROM pg_roles AS r WHERE rolname IN ('anon', 'authenticated', 'service_role')`,
  );
  return Object.fromEntries(rows.map(({ role, members }) => [role, members]));
}

const each = (...apps: string[]) => ({ anon: apps, authenticated: apps, service_role: apps });
const ownRoles = async () =>
  (await sql<{ name: string }>("SELECT rolname AS name FROM pg_roles WHERE rolname ~ '^(alpha|beta)' ORDER BY 1")).map(
    ({ name }) => name,
  );

test("several tasks at once find or create the roles, and more change nothing", async () => {
  await Promise.all([shareRoles(), shareRoles(), shareRoles(), shareRoles()]);
  const oids = await sql("SELECT oid FROM pg_roles WHERE rolname IN ('anon', 'authenticated', 'service_role')");
  expect(oids).toHaveLength(3);
  await shareRoles();
  expect(await sql("SELECT oid FROM pg_roles WHERE rolname IN ('anon', 'authenticated', 'service_role')")).toEqual(
    oids,
  );
});

describe("the provider refuses a server", () => {
  afterAll(async () => {
    await setTls({ ca });
    await pulumi("config", "set", "host", "127.0.0.1");
  });

  test.each<[string, () => object | Promise<object>, string, RegExp]>([
    ["without an authority", () => ({}), "127.0.0.1", /x509: certificate signed by unknown authority/],
    [
      "with another authority",
      async () => ({ ca: (await TestAuthority.create("Another")).pem }),
      "127.0.0.1",
      /x509: certificate signed by unknown authority/,
    ],
    ["under another name", () => ({ ca }), "localhost", /x509: certificate is not valid for any names.*localhost/],
  ])("%s", async (_, tls, host, message) => {
    await setTls(await tls());
    await pulumi("config", "set", "host", host);
    await expect(up("alpha")).rejects.toThrow(message);
    expect(await ownRoles()).toEqual([]);
  });
});

test("a system comes up with that task, and its login is a member", async () => {
  await up("alpha");
  expect(await members()).toEqual(each("alpha_app"));
  const objects = join(directory, "objects", "1-manifest");
  const job = readdirSync(objects).find(
    (file) => file.includes("alpha-postgresql-shared-roles") && file.includes("job"),
  )!;
  const { spec } = parse(readFileSync(join(objects, job), "utf8")) as {
    spec: { template: { spec: { containers: { env: { name: string; value?: string }[] }[] } } };
  };
  expect(spec.template.spec.containers[0]!.env).toContainEqual({ name: "PGOPTIONS", value: options });
});

test("a second one on the same server comes up beside it", async () => {
  await up("alpha", "beta");
  expect(await members()).toEqual(each("alpha_app", "beta_app"));
  expect(await ownRoles()).toEqual(["alpha", "alpha_app", "beta", "beta_app"]);
});

test("a system that goes takes its own roles, and not the shared ones", async () => {
  await up("beta");
  expect(await members()).toEqual(each("beta_app"));
  expect(await ownRoles()).toEqual(["beta", "beta_app"]);
  await pulumi("destroy", "--yes", "--skip-preview");
  expect(await members()).toEqual(each());
  expect(await ownRoles()).toEqual([]);
});

test("no password is in what was printed", async () => {
  const output = await up("alpha");
  expect(output).toMatch(/\d+ created/);
  expect(output).not.toContain(password);
});
