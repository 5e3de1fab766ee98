/**
 * Schemas that were changed by hand: an `up` that changes the system finds them before it changes anything. What a deploy
 * script puts back is mended, and what held data is refused.
 */
import { addChange, applied, takeBack, writeScript } from "../support/changes";
import { kubectl, releaseOf, sql } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
const index = "public.idx_ai_feedback_business";
let released: string;

afterAll(() => stack.leave());

/** Output of the last check of PRISM's schema. */
async function checked(): Promise<string> {
  const jobs = await kubectl("get", "jobs", "-n", "prism", "-o", "name", "--sort-by=.metadata.creationTimestamp");
  const last = jobs.split("\n").findLast((name) => name.includes("/prism-schema-check-"))!;
  return kubectl("logs", "-n", "prism", last);
}
const byHand = (change: string) =>
  `the change ${change} is recorded as applied, and its verification fails: somebody changed the schema by hand.`;

test("a dropped index and a revoked right are mended by the next release", async () => {
  await sql(`DROP INDEX ${index}; REVOKE INSERT ON public.ai_feedback FROM service_role`);
  stack.nextRelease("prism");
  await stack.upSucceeds();
  expect(await releaseOf("prism")).toBe(stack.release("prism"));
  const log = await checked();
  expect(log).toContain("index idx_ai_feedback_business is missing on ai_feedback");
  expect(log).toContain(byHand("ai_feedback"));
  expect(log).toContain("ai_feedback is mended: its deploy script ran again");
  expect(
    await sql(`SELECT to_regclass('${index}'), has_table_privilege('service_role', 'public.ai_feedback', 'INSERT')`),
  ).toBe("idx_ai_feedback_business|t");
});

describe("a column that somebody dropped", () => {
  const column = "ALTER TABLE public.ai_feedback RENAME COLUMN";
  // Renamed, so that its rows come back.
  beforeAll(() => sql(`${column} model_version TO taken_away`));
  afterAll(() => sql(`${column} taken_away TO model_version`).catch(() => undefined));

  test("is refused, with what is missing and where it comes from", async () => {
    released = await releaseOf("prism");
    stack.nextRelease("prism");
    await stack.upFails(
      byHand("ai_feedback"),
      "its deploy script ran again, and did not put it back: see above. Nothing of that was kept.",
      /prism +stopped in prerequisites \(prism-schema-check\); not done: backup, migrate, /,
    );
    expect(await releaseOf("prism")).toBe(released);
  });

  test("stops nothing once it is back", async () => {
    await sql(`${column} taken_away TO model_version`);
    await stack.upSucceeds();
    expect(await releaseOf("prism")).toBe(stack.release("prism"));
  });
});

test("a table that somebody dropped is refused, and not made again without its rows", async () => {
  released = await releaseOf("prism");
  const table = "business_classification_patterns";
  // Moved with all that is its own, so that it comes back.
  await sql(`CREATE SCHEMA taken_away; ALTER TABLE public.${table} SET SCHEMA taken_away`);
  try {
    stack.nextRelease("prism");
    await stack.upFails(
      `missing with what was in it: ${table}.business_id, ${table}.category, `,
      "A restore brings it back (restore.from), or an older state of it from a dump.",
    );
    expect(await sql(`SELECT to_regclass('public.${table}') IS NULL`)).toBe("t");
    expect(await releaseOf("prism")).toBe(released);
  } finally {
    await sql(`ALTER TABLE taken_away.${table} SET SCHEMA public; DROP SCHEMA taken_away`);
  }
  await stack.upSucceeds();
});

test("a change that the project lacks is refused; a project that has it reverts it", async () => {
  addChange(stack, ["mued"], "later", { deploy: "CREATE TABLE later (id int);\n", revert: "DROP TABLE later;\n" });
  await stack.upSucceeds();
  expect(await applied("mued", "later")).toBe(true);
  const plan = stack.read("systems/mued/migrations/sqitch.plan");
  takeBack(stack, "mued", "later");
  await stack.upFails(
    "refused: the change later is applied, and the project has none of that name: it is older than the database.",
    /mued +stopped in prerequisites \(mued-schema-check\); not done: backup, migrate, /,
  );
  stack.edit("systems/mued/migrations/sqitch.plan", () => plan);
  writeScript(stack, ["mued"], "deploy", "later", "CREATE TABLE later (id int);\n");
  writeScript(stack, ["mued"], "verify", "later", "SELECT 1;\n");
  writeScript(stack, ["mued"], "revert", "later", "DROP TABLE later;\n");
  await stack.upSucceeds();
});
