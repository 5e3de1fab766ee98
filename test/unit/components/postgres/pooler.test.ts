/** Connections through the pooler, and connections that bypass it. */
import { CloudNativePostgres, type CloudNativePostgresArgs } from "../../../../components/postgres/cloudnativepg";
import { collectResources, settled } from "../../../support/mocks";

async function database(args: Partial<CloudNativePostgresArgs>) {
  const resources = collectResources();
  const made = new CloudNativePostgres(
    "demo-postgresql",
    { namespace: "demo", database: "demo", roles: [{ name: "demo_app", login: true }] },
    { image: "postgresql:17.6", ...args },
  );
  await settled();
  const secret = (name: string) => {
    const { inputs } = resources.find((each) => each.type.endsWith(":Secret") && each.name === name)!;
    // Secrets are wrapped in an object with the engine's signature.
    return (inputs.stringData as { value: { host: string; uri: string; "pooled-uri"?: string } }).value;
  };
  return {
    app: secret("demo-postgresql-demo-app"),
    owner: secret("demo-postgresql-demo"),
    keys: { app: made.login("demo_app").url().key, owner: made.owner.url().key },
    poolers: resources.filter(({ type }) => type.endsWith(":Pooler")).map(({ inputs }) => inputs),
  };
}

const host = "demo-postgresql-rw.demo";
const url = (role: string, server: string) =>
  `postgresql://${role}:${encodeURIComponent(`<generated demo-postgresql-${role.replace("_", "-")}>`)}@${server}:5432/demo`;
const pooler = { mode: "transaction", instances: 2, connections: 20, clients: 1000 } as const;

test("without one everybody goes to the server", async () => {
  const { app, keys, poolers } = await database({});
  expect(app).toMatchObject({ host, uri: url("demo_app", host) });
  expect(app).not.toHaveProperty("pooled-uri");
  expect(keys).toEqual({ app: "uri", owner: "uri" });
  expect(poolers).toEqual([]);
});

test("with a pooler the application's URL names it; psql and the owner go past it", async () => {
  const { app, owner, keys, poolers } = await database({ pooler });
  // The key differs, so that pods restart with the new address.
  expect(keys).toEqual({ app: "pooled-uri", owner: "uri" });
  expect(app).toMatchObject({
    host,
    uri: url("demo_app", host),
    "pooled-uri": url("demo_app", "demo-postgresql-pooler.demo"),
  });
  expect(owner).toMatchObject({ host, uri: url("demo", host) });
  expect(owner).not.toHaveProperty("pooled-uri");
  expect(poolers).toMatchObject([
    {
      metadata: { name: "demo-postgresql-pooler", namespace: "demo" },
      spec: {
        cluster: { name: "demo-postgresql" },
        instances: 2,
        pgbouncer: {
          poolMode: "transaction",
          parameters: { default_pool_size: "20", max_client_conn: "1000", max_prepared_statements: "200" },
        },
        template: {
          spec: {
            containers: [
              { name: "pgbouncer", resources: { limits: { memory: "1Gi", "ephemeral-storage": "2304Mi" } } },
            ],
          },
        },
      },
    },
  ]);
});

test("a session is one connection: no prepared statement is lost", async () => {
  const { poolers } = await database({ pooler: { ...pooler, mode: "session" } });
  expect(poolers).toMatchObject([
    { spec: { pgbouncer: { poolMode: "session", parameters: { default_pool_size: "20", max_client_conn: "1000" } } } },
  ]);
  expect(JSON.stringify(poolers)).not.toContain("max_prepared_statements");
});

test("what is stopped has none", async () => expect((await database({ pooler, stopped: true })).poolers).toEqual([]));
