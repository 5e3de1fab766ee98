/** The five systems on databases that exist: what they register, and in which order they check it. */
import * as pulumi from "@pulumi/pulumi";
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { ExistingSystems } from "../../support/existing-systems";
import { fixedChecks } from "../../../components/system/fixed-checks";
import { names, systems as known } from "../../../systems";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

let systems: ExistingSystems;
beforeAll(async () => {
  systems = await ExistingSystems.register({ ca: "-----BEGIN CERTIFICATE-----", connections: 3 });
});

test("nothing of PostgreSQL is made", () => {
  const types = new Set(systems.resources.map(({ type }) => type));
  expect([...types].filter((type) => /postgres|cnpg|barman/i.test(type))).toEqual(["runsheet:index:ExistingPostgres"]);
  const passwords = systems.resources.filter(({ type }) => type.endsWith(":RandomPassword"));
  expect(passwords.filter(({ name }) => name.includes("postgresql"))).toEqual([]);
});

test("the outputs and the cluster's record name host and database", async () => {
  const { database } = systems.outputs.prism as { database: pulumi.Output<unknown> };
  const shown = await new Promise((resolve) => void database.apply(resolve));
  expect(shown).toEqual({ live: "db.example/prism", givenUp: [] });
  const record = systems.resources.find(
    ({ type, name }) => type.endsWith("ConfigMap") && name === "prism-live-database",
  )!;
  expect(JSON.parse((record.inputs.data as { databases: string }).databases)).toEqual(shown);
});

const migrated = [
  "pg_dump is not older than the server",
  "the rights of the migrations",
  "the roles of the migrations",
  "the application's role",
];
const tables = ["the owner of the existing tables", "the application's rights on the existing tables"];
const extended = ["the extensions"];

test.each([
  ["prism", [...migrated, ...tables]],
  ["omniops", [...migrated, ...extended, ...tables]],
  ["mued", [...migrated, ...tables]],
  ["pm", [...migrated, ...extended, ...tables]],
  ["ai-backend", []],
])("%s checks its database before anything else", (name, checks) => {
  const found = systems.checks(`${name}-prerequisites`).map(({ name }) => name);
  const expected = [
    ...["the database answers", "migrations keep their session", "both URLs lead to one database"],
    ...checks,
    "connections for every pod",
  ];
  expect(found.slice(0, expected.length)).toEqual(expected);
  expect(found.slice(expected.length)[0]).toMatch(/^PostgreSQL 1[45] or later$|^Redis answers$/);
  const fixed = Object.keys(fixedChecks(known.find((system) => system.name === name)!));
  expect(fixed).toEqual(expect.arrayContaining(expected));
  expect(found).not.toContain("the rights of pm_app");
  expect(found).not.toContain("enough connections for every pod");
});

test.each([
  ["prism", 6, 3, "postgres.connections"],
  ["omniops", 5, 3, "postgres.connections"],
  ["mued", 2, 3, "postgres.connections"],
  ["pm", 4, 3, "postgres.connections"],
  ["ai-backend", 5, 10, "databaseMaxConnections"],
])("%s has %d pods with %d connections each", (name, pods, each, key) =>
  expect(systems.checks(`${name}-prerequisites`).find(({ name }) => name === "connections for every pod")).toEqual({
    name: "connections for every pod",
    logins: "find connections",
    ...{ pods, each, ours: 5 },
    hint: `Set ${name}:${key} to the size of a pod's pool, raise the server's max_connections, or let ${name}:databaseUrl lead through a pooler in transaction mode.`,
  }),
);

test("the rights of the application are checked once more after the migrations", () => {
  const [before] = systems.checks("prism-prerequisites").filter(({ name }) => name === tables[1]);
  const { as, ...check } = before as { as: string };
  expect(as).toBe("application");
  expect(systems.checks("prism-smoke-test")[0]).toEqual(check);
});

test("the application's role is to be made without the rights of those that it sets", () => {
  const hintOf = (name: string) =>
    systems.checks(`${name}-prerequisites`).find(({ name }) => name === "the roles of the migrations")?.hint;
  for (const name of ["prism", "omniops"])
    expect(hintOf(name)).toContain(
      `CREATE ROLE ${name}_app LOGIN NOINHERIT PASSWORD '...'; GRANT anon, authenticated, service_role TO ${name}_app;`,
    );
  expect(hintOf("mued")).toContain("CREATE ROLE mued_app LOGIN PASSWORD '...';");
});

test.each([
  ["prism", "service_role"],
  ["omniops", "service_role"],
  ["mued", undefined],
  ["pm", undefined],
  ["ai-backend", undefined],
])("%s' checks with the application's login act as %s, and others do not", (name, role) => {
  const listOf = (job: string) => JSON.parse(valueOf(job, "CHECKS")!.value!) as { actsAs?: string };
  expect(listOf(`${name}-smoke-test`).actsAs).toBe(role);
  expect(listOf(`${name}-prerequisites`)).not.toHaveProperty("actsAs");
});

const valueOf = (job: string, variable: string) =>
  systems.container("Job", job).env.find(({ name }) => name === variable);

test("migrations and dumps use the direct login, the application the other one", () => {
  const ofSecret = (name: string, key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });
  const direct = "prism-postgresql-direct";
  const application = "prism-postgresql-application-autonamed";
  expect(valueOf("prism-migrate-ai-feedback", "PGUSER")).toMatchObject(ofSecret(direct, "username"));
  expect(valueOf("prism-prerequisites", "PGHOST")).toMatchObject(ofSecret(direct, "host"));
  expect(valueOf("prism-prerequisites", "APPLICATION_PGHOST")).toMatchObject(ofSecret(application, "host"));
  expect(valueOf("prism-smoke-test", "PGHOST")).toMatchObject(ofSecret(application, "host"));
  const { env } = systems.container("Deployment", "prism-api");
  expect(env.find(({ name }) => name === "DATABASE_URL")).toMatchObject(ofSecret(application, "uri"));
  expect(env.find(({ name }) => name === "PGSSLMODE")).toMatchObject(ofSecret(application, "sslmode"));
});

test("whatever connects has the file of the authority", () => {
  for (const [type, name] of [
    ["Job", "prism-migrate-ai-feedback"],
    ["Job", "prism-smoke-test"],
    ["Job", "mued-migrate-0002-add-rag-metrics"],
    ["Job", "omniops-backfill"],
    ...["prism-api", "omniops-phase4", "mued-web", "pm-backend", "ai-backend"].map((name) => ["Deployment", name]),
  ] as [string, string][]) {
    const { env } = systems.container(type, name);
    for (const variable of ["PGSSLROOTCERT", "NODE_EXTRA_CA_CERTS"])
      expect([name, env.find((each) => each.name === variable)?.value]).toEqual([name, "/secrets/0/ca.crt"]);
  }
});

test("the AI Backend's pods may reach the port of their URL", () => {
  const policy = systems.resources.find(({ name }) => name === "ai-backend-egress")!;
  const { egress } = (policy.inputs as { spec: { egress: { ports?: { port: number }[] }[] } }).spec;
  expect(egress.flatMap(({ ports = [] }) => ports.map(({ port }) => port))).toContain(6543);
});

test("no system shows a password or a user", () => {
  const isSecret = (value: object | null) =>
    typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
  const shown = JSON.stringify(systems.resources, (_, value: object | null) => (isSecret(value) ? "[secret]" : value));
  for (const name of names) expect(shown).not.toContain(`secret@pooler.example:6543/${name}`);
  expect(shown).not.toMatch(/postgresql:\/\/(app|owner)/);
});
