/** Schemas that were changed by hand: an `up` that changes the system finds them before it changes anything. */
import { addChange, applied, takeBack, writeScript } from "../support/changes";
import { releaseOf, sql } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const stack = new FaultyStack();
const index = "idx_ai_feedback_business ON public.ai_feedback (business_id, created_at)";
let released: string;

beforeAll(async () => (released = await releaseOf("prism")));
afterAll(async () => {
  await sql(`CREATE INDEX IF NOT EXISTS ${index}; GRANT INSERT ON public.ai_feedback TO service_role`);
  await stack.leave();
});

const stopped = /prism +stopped in prerequisites \(prism-schema-check\); not done: backup, migrate, /;
const byHand =
  "the change ai_feedback is recorded as applied, and its verification fails: somebody changed the schema by hand.";

test("an index that somebody dropped", async () => {
  await sql("DROP INDEX public.idx_ai_feedback_business");
  stack.nextRelease("prism");
  await stack.upFails("index idx_ai_feedback_business is missing on ai_feedback", byHand, stopped);
  expect(await releaseOf("prism")).toBe(released);
  await sql(`CREATE INDEX ${index}`);
});

test("a right that somebody revoked", async () => {
  await sql("REVOKE INSERT ON public.ai_feedback FROM service_role");
  await stack.upFails('service_role may do "SELECT, UPDATE, DELETE" on ai_feedback', byHand, stopped);
  expect(await releaseOf("prism")).toBe(released);
  await sql("GRANT INSERT ON public.ai_feedback TO service_role");
});

test("when both are mended the next up ends the deployment", async () => {
  await stack.upSucceeds();
  expect(await releaseOf("prism")).toBe(stack.release("prism"));
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
