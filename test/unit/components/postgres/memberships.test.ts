/** Logins that do not inherit their roles, by the engines that make them. */
import { postgres, type PostgresEngine } from "../../../../components/postgres";
import { collectResources, settled, type Registered } from "../../../support/mocks";

type Made = Exclude<PostgresEngine, { engine: "existing" }>;

const engines = {
  cloudnativepg: { engine: "cloudnativepg", image: "postgresql:17" },
  external: { engine: "external", image: "postgresql:17", host: "db.example", adminPassword: "secret" },
} as const;
const names = Object.keys(engines) as (keyof typeof engines)[];

const bound = { name: "demo_app", login: true, memberOf: ["services"], inherits: false };

async function make(engine: Made, role: object = bound): Promise<readonly Registered[]> {
  const resources = collectResources();
  const roles = [{ name: "services" }, { ...bound, inherits: undefined, ...role }, { name: "demo_read_only" }];
  postgres("demo-postgresql", { namespace: "demo", database: "demo", roles }, engine);
  await settled();
  return resources;
}

/** Tells of each role of the stack whether it inherits. */
function inherited(resources: readonly Registered[]): Record<string, unknown> {
  type ManagedRole = { readonly name: string; readonly inherit: boolean };
  const roles = resources.flatMap(({ type, inputs }): ManagedRole[] => {
    if (type.endsWith(":Cluster"))
      return (inputs as { spec: { managed: { roles: ManagedRole[] } } }).spec.managed.roles;
    return type.endsWith("/role:Role") ? [inputs as unknown as ManagedRole] : [];
  });
  return Object.fromEntries(roles.filter(({ name }) => name !== "demo").map(({ name, inherit }) => [name, inherit]));
}

/** Variables of the task that sets the memberships. Undefined if there is none. */
function task(resources: readonly Registered[]): Record<string, unknown> | undefined {
  const job = resources.find(({ type, name }) => type.endsWith(":Job") && name === "demo-postgresql-memberships");
  type Variable = { readonly name: string; readonly value?: string; readonly valueFrom?: object };
  const spec = job?.inputs.spec as { template: { spec: { containers: { env: Variable[] }[] } } } | undefined;
  const env = spec?.template.spec.containers[0]!.env;
  return env && Object.fromEntries(env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
}

const administrators = { cloudnativepg: "demo-postgresql-superuser", external: "demo-postgresql-administrator" };
const ofSecret = (name: string, key: string) => ({ secretKeyRef: { name, key } });

describe.each(names)("with %s", (name) => {
  const engine: Made = engines[name];

  test("the login does not inherit, and neither do the memberships that it has", async () => {
    const resources = await make(engine);
    expect(inherited(resources)).toEqual({ services: true, demo_app: false, demo_read_only: true });
    expect(task(resources)).toMatchObject({
      PGOPTIONS: "-c runsheet.roles=demo_app -c runsheet.inherit=false",
      PGUSER: ofSecret(administrators[name], "username"),
      PGPASSWORD: ofSecret(administrators[name], "password"),
    });
  });

  test("both do again where the stack says so", async () => {
    const resources = await make({ ...engine, inheritsRoles: true });
    expect(inherited(resources)).toEqual({ services: true, demo_app: true, demo_read_only: true });
    expect(task(resources)).toMatchObject({ PGOPTIONS: "-c runsheet.roles=demo_app -c runsheet.inherit=true" });
  });

  test.each([undefined, true])("a system's logins that inherit (%s) are left alone", async (inherits) => {
    const resources = await make(engine, { inherits });
    expect(inherited(resources)).toEqual({ services: true, demo_app: true, demo_read_only: true });
    expect(task(resources)).toBeUndefined();
  });
});

test("a stopped database has no server that could be asked", async () => {
  expect(task(await make({ ...engines.cloudnativepg, stopped: true }))).toBeUndefined();
});
