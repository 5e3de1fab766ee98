/**
 * "Rollback Procedures" of the runbooks for all systems at once: first the old releases, then the tables. Then forward
 * again, which fails once. The tests depend on each other. Failures in both directions are in
 * test/long/going-back.test.ts.
 */
import { applied } from "../support/changes";
import { entranceOf, kubectl, logsOf, migrating, releaseOf, sql, type System } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";
import { endFault, failsWith, upWith } from "../support/release-change";

const stack = new FaultyStack();
/** Removes the rows that the tests add, also those of an earlier run that was killed. */
async function clean(): Promise<void> {
  await endFault();
  await sql("DELETE FROM ai_feedback");
  await sql(`DELETE FROM messages WHERE conversation_id = '${conversation}'`, "omniops");
  await sql("DELETE FROM users WHERE clerk_id = 'kept'", "mued");
}

beforeAll(clean);
afterAll(async () => {
  await clean();
  await stack.leave();
});

const tables = async (system: System = "prism") =>
  (await sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename", system)).split("\n");
// A user of its own: the smoke tests remove the rows of theirs.
const user = "00000000-0000-4000-8000-00000000000a";
const business = "00000000-0000-4000-8000-000000000002";
const conversation = "00000000-0000-4000-8000-000000000002";
const trainingIndex = () =>
  sql("SELECT indisvalid, indisunique FROM pg_index WHERE indexrelid = 'idx_feedback_training'::regclass");
const feedback = () => sql("SELECT count(*) FROM ai_feedback");
const seconds = (time: string) => new Date(time).getTime() / 1000;

const forward = { "prism:release": stack.release("prism"), "prism:schema": undefined };
const releases = Object.fromEntries(migrating.map((system) => [`${system}:release`, stack.release(system)]));
/** Rollback targets of the systems whose tables the tests check. */
const chosen: Readonly<Record<System, { readonly release: string; readonly target: string }>> = {
  prism: { release: "4.9.0", target: "ml_models" },
  omniops: { release: "phase4-v0.1.9", target: "sentiment_analysis" },
  mued: { release: "1.9.0", target: "none" },
  pm: { release: "1.9", target: "V3_010_jira_issue_tracking" },
};
/** Rollback target of a system. Default: an earlier release without any of its tables. */
const earlier = (system: System) => chosen[system] ?? { release: `${stack.release(system)}-before`, target: "none" };

test("going back puts old releases first, reverts above the targets, and keeps rows", async () => {
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
  const back = migrating.map((system) => {
    const { release, target } = earlier(system);
    return { [`${system}:release`]: release, [`${system}:schema`]: { target } };
  });
  const output = await upWith(stack, Object.assign({}, ...back) as Record<string, unknown>);
  for (const system of migrating) expect(output).toContain(`${system}-revert`);
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
  expect(await tables("pm")).toEqual([
    "ai_usage_costs",
    "api_keys",
    "budget_allocations",
    "neo4j_circuit_breaker",
    "neo4j_sync_backlog",
    "opportunities",
    "opportunity_signals",
    "signals",
    "users",
  ]);
  expect(await feedback()).toBe("25");
  expect(await sql("SELECT count(*) FROM sentiment_analysis", "omniops")).toBe("5");
  // A table that stays keeps its indexes and foreign keys, also those that a later change made.
  expect(await trainingIndex()).toBe("t|f");
  const keys = "SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint WHERE conname LIKE 'fk\\_%'";
  expect(await sql(keys, "omniops")).toBe("fk_sentiment_conversation fk_sentiment_message");
  const released = await Promise.all(migrating.map((system) => releaseOf(system)));
  expect(released).toEqual(migrating.map((system) => earlier(system).release));
});

test("the tables went after the code: each revert began when the old release was there", async () => {
  const started = (system: System) =>
    kubectl(
      ...["get", "jobs", "-n", system, "-l", `app.kubernetes.io/name=${system}-revert`],
      ...["-o", "jsonpath={.items[0].status.startTime}"],
    );
  const rolledOut = (system: System) => {
    const condition = 'jsonpath={.status.conditions[?(@.type=="Progressing")].lastUpdateTime}';
    return kubectl("get", "-n", system, `deployment/${entranceOf(system)}`, "-o", condition);
  };
  for (const system of migrating) {
    expect(seconds(await started(system))).toBeGreaterThanOrEqual(seconds(await rolledOut(system)));
    expect(await logsOf(system, `${system}-rolled-back`)).toContain(`ok     ${entranceOf(system)} is rolled out`);
  }
});

test("the worker whose table is gone is stopped, the other one runs", async () => {
  const replicas = (name: string) =>
    kubectl("get", "-n", "prism", `deployment/${name}`, "-o", "jsonpath={.spec.replicas}");
  expect(await replicas("prism-monthly-insights")).toBe("0");
  expect(await replicas("prism-model-training")).toBe("1");
});

test("a second up changes nothing", async () => {
  expect((await stack.up("--expect-no-changes")).code).toBe(0);
});

test("PRISM fails after its migrations, OmniOps at orphans of a foreign key", async () => {
  // An invalid index, as a run leaves it that was killed during CREATE INDEX CONCURRENTLY.
  await sql("DROP INDEX idx_feedback_training");
  await expect(
    sql("CREATE UNIQUE INDEX CONCURRENTLY idx_feedback_training ON ai_feedback (used_in_training, created_at)"),
  ).rejects.toThrow("could not create unique index");
  expect(await trainingIndex()).toBe("f|t");
  // An orphan: its message does not exist, and somebody has dropped the foreign key.
  await sql("ALTER TABLE sentiment_analysis DROP CONSTRAINT fk_sentiment_message", "omniops");
  await sql(
    `INSERT INTO sentiment_analysis (conversation_id, message_id) VALUES ('${conversation}', gen_random_uuid())`,
    "omniops",
  );
  const { "omniops:release": release } = releases;
  const output = await failsWith(stack, { ...forward, "omniops:release": release, "omniops:schema": undefined });
  expect(output).toMatch(
    /fk_sentiment_message of sentiment_analysis: 1 of its rows have a message_id that is not in messages/,
  );
  expect(output).toContain("omniops-migrate-phase4-validate-foreign-keys");
  expect(await applied("omniops", "phase4_foreign_keys")).toBe(true);
  expect(await applied("omniops", "phase4_validate_foreign_keys")).toBe(false);
  expect(await tables()).toContain("user_insights");
  // The index was rebuilt.
  expect(await trainingIndex()).toBe("t|f");
});

test("going forward deploys what was reverted, with its rows; MUED in one transaction", async () => {
  await sql("DELETE FROM sentiment_analysis WHERE message_id NOT IN (SELECT id FROM messages)", "omniops");
  const target = Object.fromEntries(migrating.map((system) => [`${system}:schema`, undefined]));
  await upWith(stack, { ...releases, ...target, "mued:singleTransaction": true });
  expect(await tables()).toEqual(expect.arrayContaining(["user_insights", "user_tax_profiles", "profile_corrections"]));
  expect(await feedback()).toBe("25");
  expect(await trainingIndex()).toBe("t|f");
  await sql("DELETE FROM ai_feedback");

  expect(await tables("omniops")).toEqual(expect.arrayContaining(["escalation_rules", "conversation_insights"]));
  expect(await sql("SELECT count(*) FROM sentiment_analysis", "omniops")).toBe("5");
  await sql(`DELETE FROM messages WHERE conversation_id = '${conversation}'`, "omniops");

  const jobs = await kubectl("get", "jobs", "-n", "mued", "-o", "name");
  expect(jobs.split("\n").filter((job) => job.includes("mued-migrate-"))).toEqual([
    expect.stringContaining("mued-migrate-together-"),
  ]);
  expect(await sql("SELECT string_agg(change, ' ' ORDER BY committed_at) FROM sqitch.changes", "mued")).toBe(
    "0002_add_rag_metrics 0003_optimize_rag_indexes 0004_add_foreign_keys 0005_validate_foreign_keys",
  );
  expect(await sql("SELECT count(*) FROM plugin_registry", "mued")).toBe("2");
  stack.configure({ "mued:singleTransaction": undefined });
});

test("a target that is no change is refused, with the names that there are", async () => {
  stack.configure({ "prism:schema": { target: "nothing" } });
  await stack.upFails('schema.target is "nothing": unknown change; changes: ai_feedback, invoice_validations, ');
  await upWith(stack, { "prism:schema": undefined });
});
