/**
 * Errors in migrations and in smoke tests, one after the other in one deployment. Later steps do not run, and the next
 * `up` resumes once the cause is fixed. Each fault is injected into every system at once: each must stop at its own
 * step with its own error.
 */
import { join } from "node:path";
import { readPlan } from "../../components/migrations/plan";
import { addChange, applied, migrationsOf, writeScript } from "../support/changes";
import { kubectl, migrating, redisOf, releaseOf, sql, systems, type System } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();

const each = <T>(ask: (system: System) => Promise<T>) => Promise.all(migrating.map(ask));
const all = <T>(value: T) => migrating.map(() => value);
const releases = () => Promise.all(systems.map((system) => releaseOf(system)));

const broken = {
  deploy: "BEGIN;\nCREATE TABLE half_applied (id int);\nSELECT 1 / 0;\nCOMMIT;\n",
  revert: "DROP TABLE half_applied;\n",
};
const halfApplied = (system: System) => sql("SELECT to_regclass('half_applied') IS NULL", system);
/** Migration Jobs, without those of the changes that the tests add. */
const ownJobs = async (system: System) =>
  (await kubectl("get", "jobs", "-n", system, "-o", "name"))
    .split("\n")
    .filter((job) => job.includes(`/${system}-migrate-`) && !/-migrate-(broken|unverified)/.test(job));

const paths = { prism: "/health", omniops: "/api/features", pm: "/api/signals", "ai-backend": "/health/detailed" };
type Faulty = keyof typeof paths;
const faulty = Object.keys(paths) as Faulty[];
const error = { status: 500, body: "out of order" };
const wrong = { status: 200, body: '{"status":"degraded"}' };
const silent = { hang: true };
/** Sets the faults that the stand-ins respond with. A system that is left out responds normally. */
async function fault(answers: Partial<Record<Faulty, object>>): Promise<void> {
  for (const system of faulty) {
    const key = `stand-in:${system}:faults`;
    const answer = answers[system];
    if (answer) await redisOf(system, "SET", key, JSON.stringify([{ path: paths[system], ...answer }]));
    else await redisOf(system, "DEL", key);
  }
}
/**
 * Allows or refuses the application's inserts in MUED. A trigger refuses them, since a missing privilege would be found
 * before.
 */
const insert = (allowed: boolean) =>
  sql(
    allowed
      ? "DROP FUNCTION IF EXISTS refuse_test CASCADE"
      : `CREATE FUNCTION refuse_test() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''refused''; END';
         CREATE TRIGGER refuse_test BEFORE INSERT ON ai_dialogue_log
           FOR EACH ROW WHEN (current_user = 'mued_app') EXECUTE FUNCTION refuse_test()`,
    "mued",
  );

let before: string[][];
let released: string[];
beforeAll(async () => {
  before = await each(ownJobs);
  released = await releases();
});
afterAll(async () => {
  await fault({});
  await insert(true);
  await stack.leave();
});

test("an SQL error in one system stops it alone; the summary says which stands where", async () => {
  addChange(stack, ["prism"], "broken", broken);
  stack.nextRelease("prism", "ai-backend");
  const output = await stack.upFails("ERROR:  division by zero", "prism-migrate-broken");
  expect(output).toMatch(
    /prism +stopped in migrate \(prism-migrate-broken\); not done: configuration, services, functions, verify, maintenance\n/,
  );
  const others = systems.filter((system) => system !== "prism").map((system) => `${system} +done\\n`);
  expect(output).toMatch(new RegExp(others.join(" +")));
  expect(output).not.toContain("error serializing property");
  expect(await releaseOf("prism")).toBe(released[0]);
  expect(await releaseOf("ai-backend")).toBe(stack.release("ai-backend"));
});

test("in every system: nothing is half applied, and nothing after it runs", async () => {
  const others = migrating.filter((system) => system !== "prism");
  addChange(stack, others, "broken", broken);
  const output = await stack.upFails(...migrating.map((system) => `${system}-migrate-broken`));
  expect(output.match(/ERROR: {2}division by zero/g)!.length).toBeGreaterThanOrEqual(migrating.length);
  expect(await each(halfApplied)).toEqual(all("t"));
  expect(await each((system) => applied(system, "broken"))).toEqual(all(false));
});

test("an edited applied change is refused by its name", async () => {
  const edited = (system: System) => readPlan(join(stack.directory, migrationsOf(system))).changes[0]!;
  const script = (system: System) => `${migrationsOf(system)}/deploy/${edited(system)}.sql`;
  for (const system of migrating) stack.edit(script(system), (text) => `${text}\n-- edited\n`);
  await stack.upFails(
    ...migrating.map(
      (system) =>
        `refused: the change ${edited(system)} is applied already, and its deploy script is not the one that was applied.`,
    ),
    "What to do: take the edit back, and put what is to be different into a new change of the plan.",
  );
  for (const system of migrating) stack.edit(script(system), (text) => text.replace("\n-- edited\n", ""));
});

test("once mended the next up resumes, and reverts a change whose verification fails", async () => {
  writeScript(stack, migrating, "deploy", "broken", "BEGIN;\nCREATE TABLE half_applied (id int);\nCOMMIT;\n");
  addChange(stack, migrating, "unverified", {
    deploy: "CREATE TABLE unverified (id int);\n",
    verify: "DO $$ BEGIN RAISE EXCEPTION 'the table is not as it should be'; END $$;\n",
    revert: "DROP TABLE unverified;\n",
  });
  await stack.upFails("the table is not as it should be", ...migrating.map((system) => `${system}-migrate-unverified`));
  expect(await each((system) => applied(system, "broken"))).toEqual(all(true));
  expect(await each((system) => applied(system, "unverified"))).toEqual(all(false));
  expect(await each((system) => sql("SELECT to_regclass('unverified') IS NULL", system))).toEqual(all("t"));
  writeScript(stack, migrating, "verify", "unverified", "SELECT 1 FROM unverified WHERE false;\n");
});

test("it resumes, up to checks that get an error, a wrong body, or no answer", async () => {
  stack.nextRelease("ai-backend");
  await fault({ prism: error, omniops: wrong, pm: silent, "ai-backend": wrong });
  await insert(false);
  await stack.upFails(
    "FAILED API health: GET http://prism-api.prism:3000/health expected status 200, got 500 out of order",
    "FAILED feature flags: GET http://omniops-phase4.omniops:3000/api/features?customerId=smoke-test: customerId is missing",
    /FAILED the critical endpoint \/api\/ai\/chat: POST http:\/\/mued-web\.mued:3000\/api\/ai\/chat expected status 200, got 50\d/,
    "FAILED the database connection: GET http://pm-backend.pm:3000/api/signals?limit=1 was not answered: no answer within 5 s",
    'FAILED /health/detailed: GET http://ai-backend.ai-backend:8000/health/detailed: status is "degraded", expected "healthy"',
  );
  expect(await each((system) => applied(system, "unverified"))).toEqual(all(true));
  // Only the new changes ran.
  expect(await each(ownJobs)).toEqual(before);
});

test("and the other way round", async () => {
  await insert(true);
  await fault({ prism: wrong, omniops: silent, pm: error, "ai-backend": silent });
  stack.configure({ "mued:rollbackTriggers": { baselineP95Milliseconds: 0.01, slowerPercent: 50 } });
  await stack.upFails(
    'FAILED API health: GET http://prism-api.prism:3000/health: status is "degraded", expected "healthy"',
    "api/features?customerId=smoke-test was not answered: no answer within 5 s",
    /FAILED the rollback triggers: 200 requests, 0 failed \(0 per cent\), P95 [\d.]+ ms; P95 has to be under 0\.015 ms/,
    "Go back: set mued:release to the release before",
    "FAILED the database connection: GET http://pm-backend.pm:3000/api/signals?limit=1 expected status 200, got 500 out of order",
    "/health/detailed was not answered: no answer within 5 s",
  );
  stack.configure({ "mued:rollbackTriggers": undefined });
});

test("when all is mended the next up ends the deployment", async () => {
  await fault({});
  await stack.upSucceeds();
  expect(await releases()).toEqual(stack.releases);
});
