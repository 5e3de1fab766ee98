/** Role api of the stand-in on a real PostgreSQL and a real Redis: what it does in the name of a user, and for itself. */
import { startApplication, type Application } from "../../../lab/stand-in/core/application";
import { readSettings } from "../../../lab/stand-in/core/settings";
import { prism as system } from "../../../lab/stand-in/prism";
import { asSuperuser } from "../postgres";
import type { ThrowAwayRedis } from "../redis";
import { startRedis, startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { prismSystem } from "./prism";
import { deployWithTwoOwners, type Owner } from "./rows";

jest.setTimeout(60_000);

let redis: ThrowAwayRedis;
let prism: SystemDatabase;
let ada: Owner;
let bola: Owner;
let application: Application | undefined;

startRedis((started) => (redis = started));
startSystem(prismSystem, async (created) => {
  prism = created;
  ({ ada, bola } = await deployWithTwoOwners(prism));
});
afterEach(async () => application?.stop());

/** Starts the API with a login. Default: that of the services. */
async function start(user = prism.app.user): Promise<void> {
  const { database, postgres } = prism;
  const settings = readSettings({
    ...{ STAND_IN_SYSTEM: "prism", STAND_IN_ROLE: "api", PORT: "0", DRAIN_SECONDS: "0", REDIS_URL: redis.url },
    DATABASE_URL: `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(postgres.directory)}`,
  });
  application = await startApplication(settings, system, () => undefined);
}

async function ask(path: string, method = "GET", body?: object): Promise<[number, unknown]> {
  const reply = await fetch(`http://127.0.0.1:${application!.port}${path}`, {
    ...{ method, headers: { connection: "close" } },
    ...(body && { body: JSON.stringify(body) }),
  });
  return [reply.status, await reply.json()];
}

const feedback = (owner: Owner, businessId: string) => ({
  ...{ userId: owner.user, businessId, entityType: "business", field: "category" },
  ...{ aiPrediction: "retail", userCorrection: "food" },
});
const refused = {
  error:
    "The database does not allow this user to do that " +
    '(new row violates row-level security policy for table "ai_feedback").',
};

/** Returns the id of a user's insight. */
async function insightOf(owner: Owner): Promise<string> {
  const [status, body] = await ask(`/api/insights?userId=${owner.user}`);
  expect([status, body]).toMatchObject([200, { insights: [{ userId: owner.user }] }]);
  return (body as { insights: [{ id: string }] }).insights[0].id;
}

test("a user reads and marks their own insights, and not another's", async () => {
  await start();
  const id = await insightOf(bola);
  const read = (user: string) => ask(`/api/insights/${id}/read?userId=${user}`, "POST");
  expect(await read(ada.user)).toEqual([404, { error: "There is no such insight." }]);
  expect(await read(bola.user)).toMatchObject([200, { id, readAt: expect.any(String) as unknown }]);
  expect(await read("me")).toEqual([400, { error: "userId must be a UUID.", field: "userId" }]);
  // The application itself, as a worker would.
  expect(await ask(`/api/insights/${id}/acted`, "POST")).toMatchObject([200, { id }]);
});

test("feedback is for a user's own business: another's is refused by its policy", async () => {
  await start();
  expect(await ask("/api/feedback", "POST", feedback(ada, ada.business))).toMatchObject([
    201,
    { id: expect.any(String) as unknown },
  ]);
  expect(await ask("/api/feedback", "POST", feedback(ada, bola.business))).toEqual([403, refused]);
});

test("the application writes for every user: a tax profile, which users may only read", async () => {
  await start();
  const path = `/api/users/${ada.user}/tax-profile`;
  const profile = { profileType: "company", confidence: 0.8 };
  expect(await ask(path, "PUT", profile)).toMatchObject([200, profile]);
  expect(await ask(path)).toMatchObject([200, profile]);
});

describe("a login that is given its roles another way", () => {
  const as = (sql: string) => prism.postgres.query(asSuperuser(prism.database), sql);
  beforeAll(async () => {
    await as(
      "CREATE ROLE heir LOGIN IN ROLE authenticated, service_role; CREATE ROLE services_only LOGIN IN ROLE service_role",
    );
    await as("CREATE ROLE owner_alone LOGIN IN ROLE prism");
  });

  test("is bound in a user's name all the same, if it inherits them", async () => {
    await start("heir");
    await insightOf(ada);
    expect(await ask("/api/feedback", "POST", feedback(ada, bola.business))).toEqual([403, refused]);
  });

  test.each(["services_only", "owner_alone"])("works with its own rights as %s", async (user) => {
    await start(user);
    await insightOf(ada);
    expect((await ask("/api/feedback", "POST", feedback(ada, bola.business)))[0]).toBe(201);
  });

  test("goes on while what it inherited is taken from it", async () => {
    await start("heir");
    await insightOf(ada);
    await as("ALTER ROLE heir NOINHERIT");
    await insightOf(ada);
    expect((await ask(`/api/users/${ada.user}/tax-profile`, "PUT", { profileType: "mixed", confidence: 1 }))[0]).toBe(
      200,
    );
  });
});

test("a database without these roles is asked with the login's rights", async () => {
  await prism.postgres.query(
    asSuperuser(),
    "ALTER ROLE service_role RENAME TO other_services; ALTER ROLE authenticated RENAME TO others",
  );
  try {
    await start("owner_alone");
    await insightOf(ada);
    expect((await ask("/api/feedback", "POST", feedback(ada, ada.business)))[0]).toBe(201);
  } finally {
    await prism.postgres.query(
      asSuperuser(),
      "ALTER ROLE other_services RENAME TO service_role; ALTER ROLE others RENAME TO authenticated",
    );
  }
});
