/**
 * Errors in the systems' environment, one after the other in one deployment, in every system at once. The services stay
 * unchanged, and the old release keeps serving.
 */
import type { z } from "zod";
import { systems as known } from "../../systems";
import { clusterOf } from "../support/base-backup";
import { entranceOf, eventually, kubectl, migrating, releaseOf, sql, systems, type System } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";
import { goldenOf } from "../support/golden";
import { assumedTable } from "../support/prerequisites";

const stack = new FaultyStack();
afterAll(() => stack.leave());

const each = <T>(ask: (system: System) => Promise<T>) => Promise.all(systems.map(ask));
const releasesOfMigrating = () => Promise.all(migrating.map((system) => releaseOf(system)));
let released: string[];
beforeAll(async () => (released = await releasesOfMigrating()));

test("the existing schema is missing", async () => {
  const assumed = migrating.map((system) => ({ system, ...assumedTable(system) }));
  for (const { system, table } of assumed) await sql(`ALTER TABLE public.${table} RENAME TO ${table}_away`, system);
  stack.nextRelease(...systems);
  await stack.upFails(
    ...assumed.map(({ check, table }) => `FAILED ${check}: missing is ["public.${table}"], expected []`),
    ...migrating.map((system) => `or set ${system}:baseline to true on a stack of its own`),
  );
  expect(await releasesOfMigrating()).toEqual(released);
  for (const { system, table } of assumed) await sql(`ALTER TABLE public.${table}_away RENAME TO ${table}`, system);
});

test("the databases cannot be reached", async () => {
  const hibernation = (value: string) =>
    each(async (system) => {
      const cluster = `clusters.postgresql.cnpg.io/${await clusterOf(system)}`;
      return kubectl("annotate", "-n", system, cluster, `cnpg.io/hibernation${value}`, "--overwrite");
    });
  await hibernation("=on");
  const gone = async (system: System) =>
    (await kubectl("get", "pods", "-n", system, "-l", "cnpg.io/podRole=instance", "-o", "name")) === "";
  await eventually("the databases are off", async () => (await each(gone)).every(Boolean), 120);
  stack.nextRelease("ai-backend");
  await stack.upFails(
    /FAILED PostgreSQL 14 or later: .*(ECONNREFUSED|timeout|EHOSTUNREACH)/,
    /FAILED PostgreSQL 15 or later: .*(ECONNREFUSED|timeout|EHOSTUNREACH)/,
    ...systems
      .slice(1)
      .map((system) => new RegExp(`${system} +stopped in prerequisites \\(${system}-prerequisites\\)`)),
  );
  expect(await releasesOfMigrating()).toEqual(released);
  await hibernation("-");
  const back = async (system: System) => (await sql("SELECT 1", system)) === "1";
  await eventually("the databases are back", async () => (await each(back)).every(Boolean), 180);
});

const secretKeys = known.flatMap(({ name, secrets }) => Object.keys(secrets.required).map((key) => `${name}:${key}`));

/** Keys of the image references that `application` takes instead of `standIn`. */
function images(system: System): string[] {
  const { application } = known.find(({ name }) => name === system)!.settings.shape as {
    application: z.ZodUnion<readonly z.ZodObject[]>;
  };
  return application.options.flatMap(({ shape }) => Object.keys(shape)).filter((key) => key !== "standIn");
}

/** Number of pods of the workload that serves the system's users. */
function pods(system: System): number {
  const entrance = goldenOf(system).resources.find(
    ({ type, name }) => type === "kubernetes:apps/v1:Deployment" && name === entranceOf(system),
  );
  // The number is undefined under an autoscaler, which is at its minimum of 2 here.
  return (entrance?.inputs as { spec: { replicas?: number } }).spec.replicas ?? 2;
}

const ofEach = (settings: (system: System) => Record<string, unknown>) =>
  Object.fromEntries(
    systems.flatMap((system) =>
      Object.entries(settings(system)).map(([key, value]) => [`${system}:${key}`, value] as const),
    ),
  );

test("an image that does not exist is named, and the old release goes on serving", async () => {
  const configuration = stack.read("Pulumi.local.yaml");
  const identities = (system: System) =>
    kubectl("get", "-n", system, `deployment/${entranceOf(system)}`, "-o", "jsonpath={.metadata.uid}");
  const before = await each(identities);
  stack.configure(
    ofEach((system) => ({
      application: Object.fromEntries(images(system).map((name) => [name, `runsheet.lab/missing-${system}`])),
      generateSecrets: undefined,
      baseline: undefined,
      rolloutDeadlineSeconds: 15,
    })),
  );
  // The backfill would run the missing image first and wait for it. The performance test's rows are loaded for the
  // stand-in only.
  stack.configure({ "omniops:backfill": undefined, "mued:performance": undefined });
  // A task without a started pod fails at its deadline.
  stack.configure({
    "ai-backend:models": { storage: "1Gi", accessMode: "ReadWriteOnce", version: "missing", deadlineSeconds: 60 },
  });
  for (const key of secretKeys) {
    const value = key.endsWith("Url") ? "https://not-a-place.invalid" : "not-a-key";
    const set = await stack.pulumi(["config", "set", "--secret", key, value, "--stack", "local"]);
    expect(set.code).toBe(0);
  }
  await stack.upFails(...systems.map((system) => `runsheet.lab/missing-${system}:${stack.release(system)}`));
  const available = (system: System) =>
    kubectl("get", "-n", system, `deployment/${entranceOf(system)}`, "-o", "jsonpath={.status.availableReplicas}");
  expect(await each(available)).toEqual(systems.map((system) => String(pods(system))));
  // The secrets were updated in place, so the Deployments were neither deleted nor replaced.
  expect(await each(identities)).toEqual(before);
  stack.edit("Pulumi.local.yaml", () => configuration);
});

test("with all of it there again the next up ends the deployment", async () => {
  await stack.upSucceeds();
  expect(await each((system) => releaseOf(system))).toEqual(stack.releases);
});
