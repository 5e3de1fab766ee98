/** PRISM forward and back, each failing once, and MUED's optional change with its setting. The tests go on from each other. */
import { applied } from "../support/changes";
import { kubectl, redis, sql } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
const forward = { "prism:release": stack.release("prism"), "prism:schema": undefined };
const back = { "prism:release": "4.9.0", "prism:schema": { target: "ml_models" } };

beforeAll(() => redis("DEL", "stand-in:prism:faults"));
afterAll(async () => {
  await redis("DEL", "stand-in:prism:faults");
  await stack.leave();
});

const tables = async () =>
  (await sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")).split("\n");
const fails = async (changes: Record<string, unknown>) => {
  await redis("SET", "stand-in:prism:faults", JSON.stringify([{ path: "/health", status: 500 }]));
  stack.configure(changes);
  await stack.upFails("FAILED API health");
  await redis("DEL", "stand-in:prism:faults");
};
const succeeds = (changes: Record<string, unknown>) => {
  stack.configure(changes);
  return stack.upSucceeds();
};

test("back, then forward, which fails after the migrations, then back: they are reverted, and each dump is kept", async () => {
  await succeeds(back);
  await fails(forward);
  expect(await tables()).toContain("user_insights");
  expect(await succeeds(back)).toContain("prism-revert");
  expect(await tables()).not.toContain("user_insights");
  const log = await kubectl("logs", "-n", "prism", "-l", "app.kubernetes.io/name=prism-dump", "--tail=-1");
  expect(log).toMatch(/^verified dump prism-before-4\.9\.0-/m);
});

test("forward, then back, which fails after the revert, then forward: deployed again, and the release that comes back is tested again", async () => {
  await succeeds(forward);
  await fails({ ...back, "mued:foreignKeys": false });
  expect(await tables()).not.toContain("user_insights");
  expect(await applied("mued", "0004_add_foreign_keys")).toBe(false);
  const output = await succeeds({ ...forward, "mued:foreignKeys": undefined });
  expect(output).toMatch(/prism-smoke-test (replaced|created)/);
  expect(await applied("mued", "0004_add_foreign_keys")).toBe(true);
  expect(await tables()).toContain("user_insights");
});
