/**
 * Errors in what the systems need, one after the other in one deployment, of every system at once: the services stay as they
 * are, and the old release goes on serving.
 */
import { entrances, eventually, kubectl, migrating, releaseOf, sql, systems, type System } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
afterAll(() => stack.leave());

const each = <T>(ask: (system: System) => Promise<T>) => Promise.all(systems.map(ask));
let released: string[];
beforeAll(async () => (released = await each((system) => releaseOf(system))));

/** A table that each runbook takes as given. */
const tables: Readonly<Partial<Record<System, string>>> = {
  prism: "invoices",
  omniops: "customers",
  mued: "materials",
  pm: "opportunities",
};

test("the existing schema is missing", async () => {
  const table = (system: System) => tables[system]!;
  for (const system of migrating)
    await sql(`ALTER TABLE public.${table(system)} RENAME TO ${table(system)}_away`, system);
  stack.nextRelease(...systems);
  await stack.upFails(
    'FAILED the existing PRISM schema: missing is ["public.invoices"], expected []',
    'FAILED the existing OmniOps schema: missing is ["public.customers"], expected []',
    'FAILED the existing MUED schema: missing is ["public.materials"], expected []',
    'FAILED the existing PM Intelligence schema: missing is ["public.opportunities"], expected []',
    ...migrating.map((system) => `or set ${system}:baseline to true on a stack of its own`),
  );
  expect(await Promise.all(migrating.map((system) => releaseOf(system)))).toEqual(released.slice(0, 4));
  for (const system of migrating)
    await sql(`ALTER TABLE public.${table(system)}_away RENAME TO ${table(system)}`, system);
});

test("the databases cannot be reached", async () => {
  const hibernation = (value: string) =>
    each((system) => {
      const cluster = `clusters.postgresql.cnpg.io/${system}-postgresql`;
      return kubectl("annotate", "-n", system, cluster, `cnpg.io/hibernation${value}`, "--overwrite");
    });
  await hibernation("=on");
  const gone = async (system: System) =>
    !(await kubectl("get", "pods", "-n", system)).includes(`${system}-postgresql-1`);
  await eventually("the databases are off", async () => (await each(gone)).every(Boolean), 120);
  stack.nextRelease("ai-backend");
  await stack.upFails(
    /FAILED PostgreSQL 14 or later: .*(ECONNREFUSED|timeout|EHOSTUNREACH)/,
    /FAILED PostgreSQL 15 or later: .*(ECONNREFUSED|timeout|EHOSTUNREACH)/,
    ...systems
      .slice(1)
      .map((system) => new RegExp(`${system} +stopped in prerequisites \\(${system}-prerequisites\\)`)),
  );
  expect(await Promise.all(migrating.map((system) => releaseOf(system)))).toEqual(released.slice(0, 4));
  await hibernation("-");
  const back = async (system: System) => (await sql("SELECT 1", system)) === "1";
  await eventually("the databases are back", async () => (await each(back)).every(Boolean), 180);
});

const secrets: Readonly<Record<System, readonly string[]>> = {
  prism: ["openaiApiKey", "supabaseServiceRoleKey", "supabaseAnonKey", "adminToken"],
  omniops: ["openaiApiKey", "supabaseAnonKey", "supabaseServiceRoleKey", "slackWebhookUrl", "sendgridApiKey"],
  mued: [],
  pm: ["adminKey", "testApiKey", "neo4jPassword"],
  "ai-backend": ["supabaseUrl", "supabaseServiceKey", "supabaseAnonKey"],
};
const images: Readonly<Record<System, readonly string[]>> = {
  prism: ["api", "functions"],
  omniops: ["app"],
  mued: ["app"],
  pm: ["backend", "frontend"],
  "ai-backend": ["api"],
};
const secretKeys = systems.flatMap((system) => secrets[system].map((key) => `${system}:${key}`));

const ofEach = (settings: (system: System) => Record<string, unknown>) =>
  Object.fromEntries(
    systems.flatMap((system) =>
      Object.entries(settings(system)).map(([key, value]) => [`${system}:${key}`, value] as const),
    ),
  );

test("an image that does not exist is named, and the old release goes on serving", async () => {
  const configuration = stack.read("Pulumi.local.yaml");
  const identities = (system: System) =>
    kubectl("get", "-n", system, `deployment/${entrances[system]}`, "-o", "jsonpath={.metadata.uid}");
  const before = await each(identities);
  stack.configure(
    ofEach((system) => ({
      application: Object.fromEntries(images[system].map((name) => [name, `runsheet.lab/missing-${system}`])),
      generateSecrets: undefined,
      baseline: undefined,
      rolloutDeadlineSeconds: 15,
    })),
  );
  // The backfill would run the missing image first, and wait for it; rows are loaded for the stand-in only.
  stack.configure({ "omniops:backfill": undefined, "mued:performance": undefined });
  // A task of which no pod starts has failed when its retention has expired.
  stack.configure({
    "ai-backend:models": { storage: "1Gi", accessMode: "ReadWriteOnce", version: "missing", deadlineSeconds: 60 },
  });
  for (const key of secretKeys) {
    const set = await stack.pulumi(["config", "set", "--secret", key, "not-a-key", "--stack", "local"]);
    expect(set.code).toBe(0);
  }
  await stack.upFails(...systems.map((system) => `runsheet.lab/missing-${system}:${stack.release(system)}`));
  const available = (system: System) =>
    kubectl("get", "-n", system, `deployment/${entrances[system]}`, "-o", "jsonpath={.status.availableReplicas}");
  expect(await each(available)).toEqual(["2", "3", "2", "2", "2"]);
  // The secrets were changed in place: what refers to them was neither deleted nor made again.
  expect(await each(identities)).toEqual(before);
  stack.edit("Pulumi.local.yaml", () => configuration);
});

test("with all of it there again the next up ends the deployment", async () => {
  await stack.upSucceeds();
  expect(await each((system) => releaseOf(system))).toEqual(stack.releases);
});
