/** The runbook's "Rollback Procedures", declared: the old release first, then the tables; and forward again. */
import { kubectl, redis, sql } from "../support/cluster";
import { Workspace } from "../support/workspace";

const workspace = new Workspace();
afterAll(async () => {
  await redis("DEL", "stand-in:prism:faults");
  await workspace.up();
  workspace.remove();
});

const tables = async () =>
  (await sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")).split("\n");
// Not the smoke tests' user, whose rows they remove.
const user = "00000000-0000-4000-8000-00000000000a";
const business = "00000000-0000-4000-8000-000000000002";
const feedback = () => sql("SELECT count(*) FROM ai_feedback");
const seconds = (time: string) => new Date(time).getTime() / 1000;

test("going back to ml_models puts the old release first, reverts above the target, and keeps every row of ai_feedback", async () => {
  await sql(`INSERT INTO auth.users (id, email) VALUES ('${user}', 'user@prism.invalid') ON CONFLICT DO NOTHING`);
  await sql(`INSERT INTO ai_feedback (business_id, user_id, subject_type, subject_id, prediction, correction)
    SELECT '${business}', '${user}', 'business', '${business}', '{}', '{}' FROM generate_series(1, 25)`);
  workspace.configure({ "prism:release": "4.9.0", "prism:schema": { target: "ml_models" } });
  const { code, output } = await workspace.up();
  expect(output).toContain("prism-revert");
  expect(code).toBe(0);
  expect(await tables()).toEqual([
    "ai_feedback",
    "business_classification_patterns",
    "businesses",
    "invoice_validations",
    "invoices",
    "ml_models",
  ]);
  expect(await feedback()).toBe("25");
  const version = "jsonpath={.metadata.labels.app\\.kubernetes\\.io/version}";
  expect(await kubectl("get", "-n", "prism", "deployment/prism-api", "-o", version)).toBe("4.9.0");
});

test("the tables went after the code: the revert began when the old release was there", async () => {
  const started = await kubectl(
    "get",
    "jobs",
    "-n",
    "prism",
    "-l",
    "app.kubernetes.io/name=prism-revert",
    "-o",
    "jsonpath={.items[0].status.startTime}",
  );
  const condition = 'jsonpath={.status.conditions[?(@.type=="Progressing")].lastUpdateTime}';
  const rolledOut = await kubectl("get", "-n", "prism", "deployment/prism-api", "-o", condition);
  expect(seconds(started)).toBeGreaterThanOrEqual(seconds(rolledOut));
});

test("the worker whose table is gone is stopped, the other one runs", async () => {
  const replicas = (name: string) =>
    kubectl("get", "-n", "prism", `deployment/${name}`, "-o", "jsonpath={.spec.replicas}");
  expect(await replicas("prism-monthly-insights")).toBe("0");
  expect(await replicas("prism-model-training")).toBe("1");
});

test("a second up changes nothing", async () => {
  expect((await workspace.up("--expect-no-changes")).code).toBe(0);
});

test("going forward again deploys what was reverted, with the rows of ai_feedback", async () => {
  workspace.configure({ "prism:release": "5.0.0", "prism:schema": undefined });
  expect((await workspace.up()).code).toBe(0);
  expect(await tables()).toEqual(expect.arrayContaining(["user_insights", "user_tax_profiles", "profile_corrections"]));
  expect(await feedback()).toBe("25");
  expect(await sql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'idx_feedback_training'::regclass")).toBe("t");
  await sql("DELETE FROM ai_feedback");
});

const outOfOrder = JSON.stringify([{ path: "/health", status: 500 }]);
const forward = { "prism:release": "5.0.0", "prism:schema": undefined };
const back = { "prism:release": "4.9.0", "prism:schema": { target: "ml_models" } };
const fails = async (changes: Record<string, unknown>) => {
  await redis("SET", "stand-in:prism:faults", outOfOrder);
  workspace.configure(changes);
  const { code, output } = await workspace.up();
  await redis("DEL", "stand-in:prism:faults");
  expect(output).toContain("FAILED API health");
  expect(code).not.toBe(0);
};
const succeeds = async (changes: Record<string, unknown>) => {
  workspace.configure(changes);
  const { code, output } = await workspace.up();
  if (code !== 0) throw new Error(output);
  return output;
};

test("going back that fails after the revert, then forward: what was reverted is deployed again", async () => {
  await fails(back);
  expect(await tables()).not.toContain("user_insights");
  await succeeds(forward);
  expect(await tables()).toContain("user_insights");
});

test("forward that fails after the migrations, then back: they are reverted, and each dump is kept", async () => {
  await succeeds(back);
  await fails(forward);
  expect(await tables()).toContain("user_insights");
  const output = await succeeds(back);
  expect(output).toContain("prism-revert");
  expect(await tables()).not.toContain("user_insights");
  const log = await kubectl("logs", "-n", "prism", "-l", "app.kubernetes.io/name=prism-dump", "--tail=-1");
  expect(log).toMatch(/^verified dump prism-before-4\.9\.0-/m);
});

test("a release that comes back is tested again", async () => {
  await succeeds(forward);
  await fails({ "prism:release": "5.0.5" });
  expect(await succeeds(forward)).toMatch(/prism-smoke-test (replaced|created)/);
});

test("a target that is no change is refused, with the names that there are", async () => {
  workspace.configure({ "prism:schema": { target: "nothing" } });
  const { code, output } = await workspace.up();
  workspace.configure({ "prism:schema": undefined });
  expect(code).not.toBe(0);
  expect(output).toMatch(
    /schema\.target is "nothing", which is no change; it may be: ai_feedback, invoice_validations, /,
  );
});
