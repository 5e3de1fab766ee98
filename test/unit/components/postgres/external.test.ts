/** Logins of an external server: how they make sure that they talk to it, and what others keep on it. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { postgres, type Postgres } from "../../../../components/postgres";
import type { ExternalPostgresArgs } from "../../../../components/postgres/external";
import { collectResources, settled } from "../../../support/mocks";

const ca = "-----BEGIN CERTIFICATE-----\nof the server\n-----END CERTIFICATE-----\n";

async function external(args: Partial<ExternalPostgresArgs> = {}) {
  const resources = collectResources();
  const roles = [
    { name: "demo_app", login: true, memberOf: ["demo_group", "pg_read_all_stats"] },
    { name: "everybody", shared: true },
  ];
  const server = { engine: "external", image: "postgresql:17", host: "db.example", adminPassword: "secret" } as const;
  const database = postgres("demo-postgresql", { namespace: "demo", database: "demo", roles }, { ...server, ...args });
  await settled();
  const inputs = (type: string, name: string) =>
    resources.find((each) => each.type.endsWith(type) && each.name === name)!.inputs;
  const secret = (name: string) => (inputs(":Secret", name).stringData as { value: Record<string, string> }).value;
  return { database, resources, inputs, secret };
}

const logins = ["demo-postgresql-demo", "demo-postgresql-demo-app", "demo-postgresql-administrator"];

/** Variables of both logins that are about the server. */
const serverVariables = (database: Postgres) =>
  [database.owner, database.login("demo_app")].map((login) =>
    Object.fromEntries(Object.entries(login.environment()).filter(([name]) => /SSL|CA_CERTS|REQUIRE/.test(name))),
  );

const sslmode = expect.objectContaining({ key: "sslmode" }) as unknown;

test("it is verified with the publicly trusted authorities, and asked with SCRAM", async () => {
  const { database, inputs, secret } = await external();
  const provider = inputs("pulumi:providers:postgresql", "demo-postgresql");
  expect(provider).toMatchObject({ host: "db.example", port: "5432", sslmode: "verify-full" });
  expect(provider).not.toHaveProperty("sslrootcert");
  for (const name of logins) {
    expect(secret(name)).toMatchObject({ sslmode: "verify-full" });
    expect(secret(name)).not.toHaveProperty(["ca.crt"]);
  }
  for (const variables of serverVariables(database))
    expect(variables).toEqual({
      ...{ PGSSLMODE: sslmode, PGSSLROOTCERT: "system", PGREQUIREAUTH: "scram-sha-256" },
    });
  expect(database.login("demo_app").trust()).toEqual({ PGSSLMODE: "verify-full", PGSSLROOTCERT: "system" });
  expect(database.owner.trustForGo()).toEqual({ PGSSLMODE: "verify-full" });
});

test("every login, the provider and the application have the authority", async () => {
  const { database, inputs, secret } = await external({ ca });
  const path = inputs("pulumi:providers:postgresql", "demo-postgresql").sslrootcert as string;
  expect(path).toMatch(/^node_modules\/\.cache\/runsheet\/ca-[0-9a-f]{10}\.crt$/);
  expect(readFileSync(path, "utf8")).toBe(ca);
  for (const name of logins) expect(secret(name)).toMatchObject({ sslmode: "verify-full", "ca.crt": ca });
  const file = expect.objectContaining({ key: "ca.crt", asFile: true }) as unknown;
  const files = { PGSSLROOTCERT: file, NODE_EXTRA_CA_CERTS: file };
  for (const variables of serverVariables(database))
    expect(variables).toEqual({ PGSSLMODE: sslmode, PGREQUIREAUTH: "scram-sha-256", ...files });
  expect(database.login("demo_app").trust()).toEqual({ PGSSLMODE: "verify-full", ...files });
});

test("a file of the authority that somebody has replaced is written anew", async () => {
  const { inputs } = await external({ ca });
  const path = inputs("pulumi:providers:postgresql", "demo-postgresql").sslrootcert as string;
  rmSync(path);
  await external({ ca });
  expect(existsSync(path)).toBe(true);
});

test("the administrator's task has them, too", async () => {
  const { inputs } = await external({ ca });
  const { spec } = inputs(":Job", "demo-postgresql-shared-roles") as unknown as {
    spec: { template: { spec: { containers: { env: { name: string; value?: string }[] }[] } } };
  };
  expect(spec.template.spec.containers[0]!.env).toEqual(
    expect.arrayContaining([
      { name: "PGREQUIREAUTH", value: "scram-sha-256" },
      { name: "PGSSLROOTCERT", value: "/secrets/0/ca.crt" },
    ]),
  );
});

test("what the stack relaxes is relaxed for all", async () => {
  const { database, inputs, secret } = await external({ sslMode: "require", requireAuth: "md5" });
  expect(inputs("pulumi:providers:postgresql", "demo-postgresql")).toMatchObject({ sslmode: "require" });
  for (const name of logins) expect(secret(name)).toMatchObject({ sslmode: "require" });
  for (const variables of serverVariables(database))
    expect(variables).toEqual({ PGSSLMODE: sslmode, PGREQUIREAUTH: "md5,scram-sha-256" });
  expect(database.login("demo_app").trust()).toEqual({ PGSSLMODE: "require" });
});

test("the statistics of a shared server are read only where that is asked for", async () => {
  const groups = async (args?: Partial<ExternalPostgresArgs>) =>
    (await external(args)).inputs(":Role", "demo-postgresql-demo-app").roles;
  expect(await groups()).toEqual(["demo_group"]);
  expect(await groups({ readsAllStats: true })).toEqual(["demo_group", "pg_read_all_stats"]);
});

test("the system's own roles may connect, and not those that other systems use too", async () => {
  const { resources } = await external();
  const granted = resources.filter(({ type }) => type.endsWith(":Grant")).map(({ inputs }) => inputs.role);
  expect(granted).toEqual(["demo_app"]);
});

test("the owner takes from PUBLIC and shared roles what lets others in", async () => {
  const { inputs } = await external({ adminUser: "admin" });
  const text = JSON.stringify(inputs(":Job", "demo-postgresql-public-rights"));
  expect(text).toContain('"PGOPTIONS","value":"-c runsheet.administrator=admin -c runsheet.shared=everybody"');
  expect(text).toContain('"PGUSER","valueFrom":{"secretKeyRef":{"key":"username","name":"demo-postgresql-demo"');
});
