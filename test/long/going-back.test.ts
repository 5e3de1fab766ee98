/**
 * PRISM rolled back and forward, each failing once, and MUED's optional change with its setting. The tests depend on
 * each other.
 */
import { addChange, applied, takeBack } from "../support/changes";
import { logsOf, sql } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";
import { endFault, failsWith, upWith } from "../support/release-change";

const stack = new FaultyStack();
const forward = { "prism:release": stack.release("prism"), "prism:schema": undefined };
const back = { "prism:release": "4.9.0", "prism:schema": { target: "ml_models" } };

beforeAll(endFault);
afterAll(async () => {
  await endFault();
  await stack.leave();
});

const tables = async () =>
  (await sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")).split("\n");

test("back, a failed way forward, and back: changes are reverted, each dump is kept", async () => {
  await upWith(stack, back);
  await failsWith(stack, forward);
  expect(await tables()).toContain("user_insights");
  expect(await upWith(stack, back)).toContain("prism-revert");
  expect(await tables()).not.toContain("user_insights");
  expect(await logsOf("prism", "prism-dump")).toMatch(/^stored before-migration\/prism-before-4\.9\.0-/m);
});

test("forward, a failed way back, and forward: deployed again, and checked again", async () => {
  await upWith(stack, forward);
  await failsWith(stack, { ...back, "mued:foreignKeys": false });
  expect(await tables()).not.toContain("user_insights");
  expect(await applied("mued", "0004_add_foreign_keys")).toBe(false);
  const output = await upWith(stack, { ...forward, "mued:foreignKeys": undefined });
  expect(output).toMatch(/prism-smoke-test (replaced|created)/);
  expect(await applied("mued", "0004_add_foreign_keys")).toBe(true);
  expect(await tables()).toContain("user_insights");
});

test("a reverted change that comes back under the same release has a dump of its own", async () => {
  const dumpBefore = async () => {
    addChange(stack, ["mued"], "broken", { deploy: "SELECT 1 / 0;\n" });
    await stack.upFails("ERROR:  division by zero");
    return /^stored before-migration\/(mued-before-\S+)\.dump /m.exec(await logsOf("mued", "mued-dump"))?.[1];
  };
  const first = await dumpBefore();
  takeBack(stack, "mued", "broken");
  await stack.upSucceeds();
  const second = await dumpBefore();
  expect([first, second]).toEqual([expect.any(String), expect.any(String)]);
  expect(second).not.toBe(first);
  takeBack(stack, "mued", "broken");
  await stack.upSucceeds();
});
