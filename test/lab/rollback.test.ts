/**
 * The runbooks' "Rollback Procedures", declared, for all systems at once: the old releases first, then the tables; and
 * forward again. Between them, with PRISM alone, each way fails once. The tests go on from each other.
 */
import { entrances, kubectl, logsOf, redis, releaseOf, sql, systems, type System } from "../support/cluster";
import { Workspace } from "../support/workspace";

const workspace = new Workspace();
/** What the tests add, and what an earlier run left that was killed. */
async function clean(): Promise<void> {
  await redis("DEL", "stand-in:prism:faults");
  await sql("DELETE FROM ai_feedback");
  await sql(`DELETE FROM messages WHERE conversation_id = '${conversation}'`, "omniops");
  await sql("DELETE FROM users WHERE clerk_id = 'kept'", "mued");
}

beforeAll(clean);
afterAll(async () => {
  await clean();
  await workspace.up();
  workspace.remove();
});

const tables = async (system: System = "prism") =>
  (await sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename", system)).split("\n");
// Not the smoke tests' user, whose rows they remove.
const user = "00000000-0000-4000-8000-00000000000a";
const business = "00000000-0000-4000-8000-000000000002";
const conversation = "00000000-0000-4000-8000-000000000002";
const feedback = () => sql("SELECT count(*) FROM ai_feedback");
const seconds = (time: string) => new Date(time).getTime() / 1000;
const each = <T>(ask: (system: System) => Promise<T>) => Promise.all(systems.map(ask));

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

test("going back puts the old releases first, reverts above the targets, and keeps what the runbooks keep", async () => {
  await sql(`INSERT INTO auth.users (id, email) VALUES ('${user}', 'user@prism.invalid') ON CONFLICT DO NOTHING`);
  await sql(`INSERT INTO ai_feedback (business_id, user_id, subject_type, subject_id, prediction, correction)
    SELECT '${business}', '${user}', 'business', '${business}', '{}', '{}' FROM generate_series(1, 25)`);
  await sql(
    `WITH written AS (
       INSERT INTO messages (conversation_id, role, content) SELECT '${conversation}', 'customer', 'kept ' || n
       FROM generate_series(1, 5) AS n RETURNING id, conversation_id
     )
     INSERT INTO sentiment_analysis (conversation_id, message_id) SELECT conversation_id, id FROM written`,
    "omniops",
  );
  await sql("INSERT INTO users (clerk_id, email, name) VALUES ('kept', 'kept@mued.invalid', 'Kept')", "mued");
  workspace.configure({
    "prism:release": "4.9.0",
    "prism:schema": { target: "ml_models" },
    "omniops:release": "phase4-v0.1.9",
    "omniops:schema": { target: "sentiment_analysis" },
    "mued:release": "1.9.0",
    "mued:schema": { target: "none" },
  });
  const { code, output } = await workspace.up();
  for (const system of systems) expect(output).toContain(`${system}-revert`);
  expect(code).toBe(0);
  expect(await tables()).toEqual([
    "ai_feedback",
    "business_classification_patterns",
    "businesses",
    "invoice_validations",
    "invoices",
    "ml_models",
  ]);
  expect(await tables("omniops")).toEqual(["conversations", "customers", "messages", "sentiment_analysis"]);
  expect(await tables("mued")).toEqual(["materials", "users"]);
  expect(await sql("SELECT count(*) FROM pg_type WHERE typname IN ('content_type', 'license_type')", "mued")).toBe("0");
  expect(await feedback()).toBe("25");
  expect(await sql("SELECT count(*) FROM sentiment_analysis", "omniops")).toBe("5");
  expect(await each(releaseOf)).toEqual(["4.9.0", "phase4-v0.1.9", "1.9.0"]);
});

test("the tables went after the code: each revert began when the old release was there", async () => {
  const started = (system: System) =>
    kubectl(
      ...["get", "jobs", "-n", system, "-l", `app.kubernetes.io/name=${system}-revert`],
      ...["-o", "jsonpath={.items[0].status.startTime}"],
    );
  const rolledOut = (system: System) => {
    const condition = 'jsonpath={.status.conditions[?(@.type=="Progressing")].lastUpdateTime}';
    return kubectl("get", "-n", system, `deployment/${entrances[system]}`, "-o", condition);
  };
  for (const system of systems) {
    expect(seconds(await started(system))).toBeGreaterThanOrEqual(seconds(await rolledOut(system)));
    expect(await logsOf(system, `${system}-rolled-back`)).toContain(`ok     ${entrances[system]} is rolled out`);
  }
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

test("PRISM forward, which fails after the migrations, then back: they are reverted, and each dump is kept", async () => {
  await fails(forward);
  expect(await tables()).toContain("user_insights");
  const output = await succeeds(back);
  expect(output).toContain("prism-revert");
  expect(await tables()).not.toContain("user_insights");
  const log = await kubectl("logs", "-n", "prism", "-l", "app.kubernetes.io/name=prism-dump", "--tail=-1");
  expect(log).toMatch(/^verified dump prism-before-4\.9\.0-/m);
});

test("going forward again deploys what was reverted, with the rows that were kept; MUED's in a single transaction", async () => {
  workspace.configure({
    "prism:release": "5.0.0",
    "prism:schema": undefined,
    "omniops:release": "phase4-v0.2.0",
    "omniops:schema": undefined,
    "mued:release": "2.0.0",
    "mued:schema": undefined,
    "mued:singleTransaction": true,
  });
  expect((await workspace.up()).code).toBe(0);
  expect(await tables()).toEqual(expect.arrayContaining(["user_insights", "user_tax_profiles", "profile_corrections"]));
  expect(await feedback()).toBe("25");
  expect(await sql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'idx_feedback_training'::regclass")).toBe("t");
  await sql("DELETE FROM ai_feedback");

  expect(await tables("omniops")).toEqual(expect.arrayContaining(["escalation_rules", "conversation_insights"]));
  expect(await sql("SELECT count(*) FROM sentiment_analysis", "omniops")).toBe("5");
  await sql(`DELETE FROM messages WHERE conversation_id = '${conversation}'`, "omniops");

  const jobs = await kubectl("get", "jobs", "-n", "mued", "-o", "name");
  expect(jobs.split("\n").filter((job) => job.includes("mued-migrate-"))).toEqual([
    expect.stringContaining("mued-migrate-together-"),
  ]);
  expect(await sql("SELECT string_agg(change, ' ' ORDER BY committed_at) FROM sqitch.changes", "mued")).toBe(
    "0002_add_rag_metrics 0003_optimize_rag_indexes 0004_add_foreign_keys",
  );
  expect(await sql("SELECT count(*) FROM plugin_registry", "mued")).toBe("2");
  workspace.configure({ "mued:singleTransaction": undefined });
});

test("PRISM back, which fails after the revert, then forward: deployed again, and the release that comes back is tested again", async () => {
  await fails(back);
  expect(await tables()).not.toContain("user_insights");
  expect(await succeeds(forward)).toMatch(/prism-smoke-test (replaced|created)/);
  expect(await tables()).toContain("user_insights");
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
