/** Logins of a database that exists: Secrets, variables, and nothing else. */
import type * as pulumi from "@pulumi/pulumi";
import { postgres, type Postgres } from "../../../../components/postgres";
import type { ExistingPostgresArgs } from "../../../../components/postgres/existing";
import { collectResources, settled } from "../../../support/mocks";

const password = "p@ss:w/%rd";
const encoded = encodeURIComponent(password);
const url = `postgresql://app.x:${encoded}@pooler.example:6543/data?sslmode=require&pgbouncer=true`;
const directUrl = `postgresql://owner:${encoded}@db.example/data?channel_binding=require&options=-c%20a%3Db`;
const ca = "-----BEGIN CERTIFICATE-----\n...";

async function existing(args: Partial<ExistingPostgresArgs> = {}) {
  const resources = collectResources();
  const database = postgres(
    "demo-postgresql",
    {
      namespace: "demo",
      database: "demo",
      roles: [
        { name: "demo_app", login: true },
        { name: "demo_read_only", login: true },
      ],
      extensions: ["vector"],
    },
    { engine: "existing", applicationRole: "demo_app", url, directUrl, ...args },
  );
  await settled();
  return { database, resources };
}

/** Tells whether a value is wrapped as a secret, in an object with the engine's signature. */
const isSecret = (value: object | null) =>
  typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;

/** Content of the Secrets by their names. */
const secretsIn = (resources: ReturnType<typeof collectResources>) =>
  Object.fromEntries(
    resources
      .filter(({ type }) => type === "kubernetes:core/v1:Secret")
      .map(({ name, inputs }) => [name, (inputs.stringData as { value: unknown }).value]),
  );

const application = {
  uri: url,
  ...{ host: "pooler.example", port: "6543", dbname: "data", username: "app.x", password },
  sslmode: "require",
  require_auth: "scram-sha-256",
  connect_timeout: "30",
};
const direct = {
  uri: directUrl,
  ...{ host: "db.example", port: "5432", dbname: "data", username: "owner", password },
  ...{ sslmode: "verify-full", sslrootcert: "system", require_auth: "scram-sha-256" },
  channel_binding: "require",
  options: "-c a=b",
  connect_timeout: "30",
};

test("each login is a Secret, and nothing is made in the database", async () => {
  const { resources } = await existing();
  expect(resources.map(({ type }) => type).sort()).toEqual([
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:Secret",
    "random:index/randomId:RandomId",
    "runsheet:index:AppSecrets",
    "runsheet:index:ExistingPostgres",
    "runsheet:index:NamedSecret",
  ]);
  expect(secretsIn(resources)).toEqual({
    "demo-postgresql-application": application,
    "demo-postgresql-direct": direct,
  });
  const shown = JSON.stringify(resources, (_, value: object | null) => (isSecret(value) ? "[secret]" : value));
  expect(shown).toContain("[secret]");
  expect(shown).not.toMatch(/ss:w|owner|app\.x/);
});

test("one URL is for both logins", async () => {
  const { resources } = await existing({ url: directUrl, directUrl: undefined });
  expect(secretsIn(resources)).toEqual({ "demo-postgresql-application": direct, "demo-postgresql-direct": direct });
});

test("the application's Secret is replaced, and the direct one is changed in place", async () => {
  const { resources } = await existing();
  const secret = (name: string) => resources.find((each) => each.type.endsWith(":Secret") && each.name === name)!;
  expect(secret("demo-postgresql-application").inputs).toMatchObject({
    immutable: true,
    metadata: { namespace: "demo" },
  });
  expect(secret("demo-postgresql-application").inputs.metadata).not.toHaveProperty("name");
  expect(secret("demo-postgresql-direct").inputs.metadata).toMatchObject({ name: "demo-postgresql-direct" });
});

const resolved = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => void output.apply(resolve));

test("what is shown of it is host, port and name", async () => {
  const { database } = await existing();
  expect(await resolved(database.identity)).toBe("db.example:5432/data");
  expect(await resolved(database.revision!)).toBe("<id of demo-postgresql-direct-revision>");
  expect(database).toMatchObject({ roles: [] });
  for (const key of ["superuser", "server", "rollout", "scratch"]) expect(database).not.toHaveProperty(key);
});

test("no other role logs in", async () => {
  const { database } = await existing();
  expect(() => database.login("demo_read_only")).toThrow(
    'no role "demo_read_only" logs in to this database; roles: demo_app',
  );
});

const keysOf = (database: Postgres, login: "owner" | "application") =>
  Object.fromEntries(
    Object.entries((login === "owner" ? database.owner : database.login("demo_app")).environment()).map(
      ([name, value]) => [name, (value as { key: string }).key],
    ),
  );

test("both logins are variables of libpq, with the URL's parameters where it has them", async () => {
  const { database } = await existing();
  const variables = {
    PGHOST: "host",
    PGPORT: "port",
    PGDATABASE: "dbname",
    PGUSER: "username",
    PGPASSWORD: "password",
    PGSSLMODE: "sslmode",
    PGSSLROOTCERT: "sslrootcert",
    PGSSLNEGOTIATION: "sslnegotiation",
    PGCHANNELBINDING: "channel_binding",
    PGREQUIREAUTH: "require_auth",
    PGGSSENCMODE: "gssencmode",
    PGOPTIONS: "options",
    PGCONNECT_TIMEOUT: "connect_timeout",
    PGAPPNAME: "application_name",
    PGTARGETSESSIONATTRS: "target_session_attrs",
  };
  expect(keysOf(database, "owner")).toEqual(variables);
  expect(keysOf(database, "application")).toEqual(variables);
  expect(database.owner.environment().PGOPTIONS).toMatchObject({ optional: true });
  expect(database.login("demo_app").url()).toMatchObject({ key: "uri" });
  expect(database.login("demo_app").trust()).toMatchObject({
    PGSSLMODE: { key: "sslmode" },
    PGSSLROOTCERT: { key: "sslrootcert", optional: true },
  });
  expect(Object.keys(database.owner.trustForGo())).toEqual(["PGSSLMODE"]);
});

test.each([
  ["sslmode=verify-full", { sslmode: "verify-full", sslrootcert: "system", require_auth: "scram-sha-256" }],
  ["sslmode=disable", { sslmode: "disable", require_auth: "scram-sha-256" }],
  ["require_auth=md5", { sslmode: "verify-full", sslrootcert: "system", require_auth: "md5" }],
])("%s in a URL is what happens", async (parameter, expected) => {
  const { resources } = await existing({ directUrl: `${directUrl}&${parameter}` });
  const { sslmode, sslrootcert, require_auth } = secretsIn(resources)["demo-postgresql-direct"] as typeof direct;
  expect({ sslmode, ...(sslrootcert && { sslrootcert }), require_auth }).toEqual(expected);
});

test("with an authority the server is verified, and every pod gets the file", async () => {
  const { database, resources } = await existing({ ca });
  expect(secretsIn(resources)).toEqual({
    "demo-postgresql-application": { ...application, "ca.crt": ca },
    "demo-postgresql-direct": { ...direct, sslrootcert: undefined, "ca.crt": ca },
  });
  const file = { key: "ca.crt", asFile: true };
  expect(database.owner.environment()).toMatchObject({ PGSSLROOTCERT: file, NODE_EXTRA_CA_CERTS: file });
  expect(database.login("demo_app").trust()).toMatchObject({
    PGSSLMODE: { key: "sslmode" },
    PGSSLROOTCERT: file,
    NODE_EXTRA_CA_CERTS: file,
  });
});
