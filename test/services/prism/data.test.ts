/** Computed columns and constraints of the tables. */
import type { ThrowAwayPostgres } from "../postgres";
import { prismSystem, smokeTest } from "./prism";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { addOwner, addRowsEverywhere, countRows } from "./rows";

jest.setTimeout(60_000);

let postgres: ThrowAwayPostgres;
let prism: SystemDatabase;

startSystem(prismSystem, async (created) => {
  ({ postgres } = created);
  prism = created;
  await prism.sqitch("deploy");
});

test("running the baseline again changes nothing", async () => {
  const count = "SELECT (SELECT count(*) FROM auth.users) + (SELECT count(*) FROM public.invoices) AS rows";
  const before = await prism.query(count);
  expect(await prism.runBaseline()).toBe("");
  expect(await prism.query(count)).toEqual(before);
});

test("auth.uid() reads the user from both forms of the claims, or is NULL", async () => {
  const uid = async (setting: string, value: string): Promise<unknown[]> =>
    postgres.connected(prism.owner, async (client) => {
      await client.query("SELECT set_config($1, $2, false)", [setting, value]);
      return (await client.query("SELECT auth.uid()")).rows as unknown[];
    });
  expect(await uid("request.jwt.claim.sub", smokeTest.user)).toEqual([{ uid: smokeTest.user }]);
  expect(await uid("request.jwt.claims", JSON.stringify({ sub: smokeTest.user }))).toEqual([{ uid: smokeTest.user }]);
  expect(await uid("request.jwt.claims", "{}")).toEqual([{ uid: null }]);
  expect(await uid("request.jwt.claims", "")).toEqual([{ uid: null }]);
});

test.each([
  [1, "0.3333"],
  [2, "0.5000"],
  [4, "0.6667"],
  [5, "0.7143"],
  [18, "0.9000"],
  [1_000_000_000_000, "1.0000"],
])("a pattern seen %d times has the confidence %s", async (occurrences, confidence) => {
  const rows = await prism.query(
    `INSERT INTO public.business_classification_patterns
       (business_id, pattern_type, pattern, category, occurrence_count)
     VALUES ($1, 'counterparty', 'seen ' || $2, 'fuel', $2::bigint) RETURNING confidence`,
    [smokeTest.business, occurrences],
  );
  expect(rows).toEqual([{ confidence }]);
});

test("learning a pattern again counts it up and its confidence follows", async () => {
  const learn = `INSERT INTO public.business_classification_patterns AS known
      (business_id, pattern_type, pattern, category) VALUES ($1, 'keyword', 'diesel', 'fuel')
    ON CONFLICT (business_id, pattern_type, pattern, category)
    DO UPDATE SET occurrence_count = known.occurrence_count + 1, last_seen_at = now()
    RETURNING occurrence_count, confidence`;
  for (let time = 1; time < 5; time++) await prism.query(learn, [smokeTest.business]);
  expect(await prism.query(learn, [smokeTest.business])).toEqual([{ occurrence_count: "5", confidence: "0.7143" }]);
});

test("nobody sets the confidence by hand", async () => {
  await expect(prism.query("UPDATE public.business_classification_patterns SET confidence = 1")).rejects.toThrow(
    'column "confidence" can only be updated to DEFAULT',
  );
});

test("a validation knows whether it corrects what OCR read", async () => {
  const rows = await prism.query<{ is_correction: boolean }>(
    `INSERT INTO public.invoice_validations (invoice_id, user_id, field_name, ocr_value, validated_value)
     VALUES ($1, $2, 'total', '1O0', '100'), ($1, $2, 'total', '100', '100'), ($1, $2, 'total', NULL, '100'),
       ($1, $2, 'total', NULL, NULL)
     RETURNING is_correction`,
    [smokeTest.invoice, smokeTest.user],
  );
  expect(rows.map((row) => row.is_correction)).toEqual([true, false, true, false]);
});

test("several versions of a model may be active, each with its share of traffic", async () => {
  await prism.query(
    `INSERT INTO public.ml_models (model_type, version, is_active, traffic_weight)
     VALUES ('invoice_ocr', '1.0.0', true, 9), ('invoice_ocr', '1.1.0', true, 1), ('invoice_ocr', '0.9.0', false, 5)`,
  );
  const rows = await prism.query(
    `SELECT version, (traffic_weight / sum(traffic_weight) OVER ())::real AS share
     FROM public.ml_models WHERE model_type = 'invoice_ocr' AND is_active ORDER BY version`,
  );
  expect(rows).toEqual([
    { version: "1.0.0", share: 0.9 },
    { version: "1.1.0", share: 0.1 },
  ]);
});

test("a user has one insight of each type a month", async () => {
  const insert = (month: string, type: string): Promise<unknown> =>
    prism.query(
      "INSERT INTO public.user_insights (user_id, month, insight_type, title, body) VALUES ($1, $2, $3, 't', 'b')",
      [smokeTest.user, month, type],
    );
  await insert("2024-01-01", "cash_flow");
  await insert("2024-02-01", "cash_flow");
  await insert("2024-01-01", "deductions");
  await expect(insert("2024-01-01", "cash_flow")).rejects.toThrow("user_insights_user_id_month_insight_type_key");
});

test("with a user everything that is theirs goes, and nothing of another's", async () => {
  const before = await countRows(prism);
  const owner = await addOwner(prism, "leaving@example.com");
  await addRowsEverywhere(prism, owner);
  await prism.query("DELETE FROM auth.users WHERE id = $1", [owner.user]);
  expect(await countRows(prism)).toEqual({ ...before, ml_models: before.ml_models! + 1 });
});

const valid = {
  ai_feedback: {
    business_id: smokeTest.business,
    user_id: smokeTest.user,
    subject_type: "invoice",
    subject_id: smokeTest.invoice,
    prediction: "{}",
    correction: "{}",
  },
  invoice_validations: { invoice_id: smokeTest.invoice, user_id: smokeTest.user, field_name: "total" },
  business_classification_patterns: {
    business_id: smokeTest.business,
    pattern_type: "keyword",
    pattern: "petrol",
    category: "fuel",
  },
  ml_models: { model_type: "refusal", version: "1.0.0" },
  user_insights: {
    user_id: smokeTest.user,
    month: "2023-01-01",
    insight_type: "refusal",
    title: "title",
    body: "body",
  },
  user_tax_profiles: { user_id: smokeTest.user, profile_type: "company", ai_confidence: "0.9" },
  profile_corrections: { user_id: smokeTest.user, field_name: "profile_type", corrected_value: "company" },
};
const nobody = "00000000-0000-4000-8000-00000000dead";

test.each<[keyof typeof valid, Record<string, unknown>, string]>([
  ["ai_feedback", { business_id: nobody }, "ai_feedback_business_id_fkey"],
  ["ai_feedback", { user_id: nobody }, "ai_feedback_user_id_fkey"],
  ["ai_feedback", { subject_type: "weather" }, "ai_feedback_subject_type_check"],
  ["ai_feedback", { ai_confidence: 1.001 }, "ai_feedback_ai_confidence_check"],
  ["ai_feedback", { used_in_training: true }, "ai_feedback_training_check"],
  ["ai_feedback", { training_batch_id: nobody }, "ai_feedback_training_check"],
  ["ai_feedback", { used_in_training: true, training_batch_id: nobody }, "ai_feedback_training_check"],
  ["invoice_validations", { invoice_id: nobody }, "invoice_validations_invoice_id_fkey"],
  ["invoice_validations", { user_id: nobody }, "invoice_validations_user_id_fkey"],
  ["invoice_validations", { field_name: "" }, "invoice_validations_field_name_check"],
  ["invoice_validations", { ocr_confidence: -0.1 }, "invoice_validations_ocr_confidence_check"],
  ["business_classification_patterns", { pattern_type: "mood" }, "business_classification_patterns_pattern_type_check"],
  ["business_classification_patterns", { pattern: "" }, "business_classification_patterns_pattern_check"],
  [
    "business_classification_patterns",
    { occurrence_count: 0 },
    "business_classification_patterns_occurrence_count_check",
  ],
  ["business_classification_patterns", { last_seen_at: "2000-01-01" }, "business_classification_patterns_seen_check"],
  ["ml_models", { model_type: "Not A Name" }, "ml_models_model_type_check"],
  ["ml_models", { version: "" }, "ml_models_version_check"],
  ["ml_models", { traffic_weight: 0 }, "ml_models_traffic_weight_check"],
  ["ml_models", { training_samples: -1 }, "ml_models_training_samples_check"],
  ["ml_models", { f1_score: 1.01 }, "ml_models_scores_check"],
  ["ml_models", { metrics: "[]" }, "ml_models_metrics_check"],
  ["user_insights", { month: "2023-01-02" }, "user_insights_month_check"],
  ["user_insights", { insight_type: "No" }, "user_insights_insight_type_check"],
  ["user_insights", { priority: "urgent" }, "user_insights_priority_check"],
  ["user_insights", { acted_at: "2023-02-01" }, "user_insights_acted_check"],
  ["user_insights", { read_at: "2023-02-02", acted_at: "2023-02-01" }, "user_insights_acted_check"],
  ["user_tax_profiles", { user_id: nobody }, "user_tax_profiles_user_id_fkey"],
  ["user_tax_profiles", { profile_type: "wizard" }, "user_tax_profiles_profile_type_check"],
  ["user_tax_profiles", { ai_confidence: 2 }, "user_tax_profiles_ai_confidence_check"],
  ["user_tax_profiles", { annual_turnover: -1 }, "user_tax_profiles_annual_turnover_check"],
  ["profile_corrections", { user_id: nobody }, "profile_corrections_user_id_fkey"],
  ["profile_corrections", { detected_value: "company" }, "profile_corrections_value_check"],
])("%s with %j is refused by %s", async (table, change, constraint) => {
  const insert = async (row: Record<string, unknown>): Promise<void> =>
    postgres.connected(prism.owner, async (client) => {
      const names = Object.keys(row);
      await client.query("BEGIN");
      if (table === "profile_corrections") {
        const profile =
          "INSERT INTO public.user_tax_profiles (user_id, profile_type, ai_confidence) VALUES ($1, 'mixed', 1)";
        await client.query(profile, [smokeTest.user]);
      }
      const values = names.map((_, position) => `$${position + 1}`);
      await client.query(`INSERT INTO public.${table} (${names.join()}) VALUES (${values.join()})`, Object.values(row));
    });
  await insert(valid[table]);
  await expect(insert({ ...valid[table], ...change })).rejects.toMatchObject({ constraint });
});
