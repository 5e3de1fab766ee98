/** Stacks that a scenario does not support: it refuses them before it changes anything. */
import { badMigration } from "../../../drills/scenarios/bad-migration";
import { badRelease } from "../../../drills/scenarios/bad-release";
import { databaseCorruption } from "../../../drills/scenarios/database-corruption";
import { failover } from "../../../drills/scenarios/failover";
import { lostCluster } from "../../../drills/scenarios/lost-cluster";
import { pointInTime } from "../../../drills/scenarios/point-in-time";
import { redisFailure } from "../../../drills/scenarios/redis-failure";
import { modelVolume } from "../../../drills/scenarios/model-volume";
import { StackSettings } from "../../../drills/stack-settings";

const configured = (config: Readonly<Record<string, unknown>>) => new StackSettings("staging", { config });
const wanted = { now: new Date() };
const unprotected = { "runsheet:protect": false };

test("a stack that protects its data cannot be lost", () => {
  expect(lostCluster.unsuitable!(configured({}), "stack")).toBe(
    "the stack staging protects its data, so pulumi destroy fails: use a stack with runsheet:protect false",
  );
  expect(lostCluster.unsuitable!(configured(unprotected), "stack")).toBeUndefined();
});

test("models that are being restored already cannot be lost", () => {
  expect(modelVolume.unsuitable!(configured({ "ai-backend:models": { restore: "1" } }), "ai-backend")).toBe(
    "remove ai-backend:models.restore from the configuration first: the drill sets it",
  );
  expect(modelVolume.unsuitable!(configured({ "ai-backend:models": { version: "2" } }), "ai-backend")).toBeUndefined();
  expect(modelVolume.unsuitable!(configured({}), "ai-backend")).toBeUndefined();
});

test("a database that exists needs an object store with its dumps", () => {
  const existing = { "prism:postgres": { engine: "existing" } };
  expect(databaseCorruption.unsuitable!(configured(existing), "prism")).toBe(
    "the database of prism is restored from a dump in the object store: set runsheet:backups first",
  );
  expect(databaseCorruption.unsuitable!(configured({ ...existing, "runsheet:backups": {} }), "prism")).toBeUndefined();
  expect(databaseCorruption.unsuitable!(configured({}), "prism")).toBeUndefined();
});

test("the warning says what is lost in a database that exists", () => {
  expect(databaseCorruption.warning!(configured({ "prism:postgres": { engine: "existing" } }), "prism", wanted)).toBe(
    "The database exists without the stack: a dump is taken and restored in its place. What anybody writes between the two is lost",
  );
  expect(databaseCorruption.warning!(configured({}), "prism", wanted)).toBeUndefined();
});

test("a bad release needs the stand-in and the migrations that Runsheet ships", () => {
  const standIn = { "prism:application": { standIn: true } };
  expect(badRelease.unsuitable!(configured({ "prism:application": {} }), "prism")).toBe(
    "this drill needs the stand-in, but prism:application is a real one: set prism:application.standIn on a test stack",
  );
  expect(badRelease.unsuitable!(configured({ ...standIn, "prism:migrations": {} }), "prism")).toBe(
    "this drill takes back a change that Runsheet ships, but prism:migrations names others: remove it on a test stack",
  );
  const redis = { "prism:redis": { engine: "kubernetes" } };
  expect(badRelease.unsuitable!(configured({ ...standIn, ...redis }), "prism")).toBeUndefined();
});

test("jobs that no schedule queues again cannot be lost", () => {
  const redis = { "omniops:redis": { engine: "kubernetes" } };
  expect(redisFailure.unsuitable!(configured(redis), "omniops")).toBe(
    "this drill runs the schedule of omniops:requeue.schedule: set it first",
  );
  const requeue = { schedule: "*/5 * * * *" };
  expect(redisFailure.unsuitable!(configured({ ...redis, "omniops:requeue": requeue }), "omniops")).toBeUndefined();
});

test.each([
  ["redis-failure", redisFailure, "omniops", { "omniops:requeue": { schedule: "*/5 * * * *" } }],
  ["bad-release", badRelease, "prism", { "prism:application": { standIn: true } }],
])("%s touches no Redis of others", (_, scenario, system, config) => {
  for (const [redis, engine] of [
    [{ [`${system}:redis`]: { engine: "external" } }, "external"],
    [{}, "not set"],
  ] as const)
    expect(scenario.unsuitable!(configured({ ...config, ...redis }), system)).toBe(
      `the Redis of ${system} is not the stack's own (${system}:redis.engine is ${engine}): this drill is for one in the cluster, with the engine kubernetes`,
    );
});

test("a bad migration needs an archive, and migrations to which it can be added", () => {
  const archived = { "runsheet:backups": {} };
  expect(badMigration.unsuitable!(configured({}), "prism")).toBe(
    "the stack staging has no archive to restore from: set runsheet:backups first",
  );
  expect(badMigration.unsuitable!(configured(archived), "ai-backend")).toBe(
    "ai-backend has no migrations to which a bad one can be added",
  );
  expect(badMigration.unsuitable!(configured(archived), "prism")).toBeUndefined();
});

test.each([
  ["point-in-time", pointInTime, "prism"],
  ["bad-migration", badMigration, "prism"],
  ["failover", failover, "prism"],
  ["lost-cluster", lostCluster, "stack"],
])("%s is for databases that the stack makes", (_, scenario, system) => {
  const existing = { ...unprotected, "runsheet:systems": ["pm", "prism"], "prism:postgres": { engine: "existing" } };
  expect(scenario.unsuitable!(configured(existing), system)).toBe(
    "the database of prism exists without the stack staging: this drill is for databases that the stack makes",
  );
  expect(scenario.unsuitable!(configured({ ...unprotected, "runsheet:backups": {} }), system)).toBeUndefined();
});
