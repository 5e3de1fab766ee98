/** The schema of MUED's "Migration Execution", and the verification of its steps 1.4, 1.6 and 1.8, made strict. */
import type { Check } from "../../components/checks";
import type { Parts, SchemaChecks } from "../../components/system/parts";
import {
  existing,
  foreignKeys,
  indexes,
  unnested,
  validConstraints,
  validIndexes,
  type NamedIndex,
} from "../../components/system/schema-checks";

const tables = ["ai_dialogue_log", "provenance", "rag_metrics_history", "plugin_registry"];

const columns = (table: string, names: string) => names.split(" ").map((name) => `${table}.${name}`);

/** The indexes of 0003. */
const optimized: readonly NamedIndex[] = [
  { table: "ai_dialogue_log", name: "idx_ai_dialogue_user_created" },
  { table: "provenance", name: "idx_provenance_expiring" },
  { table: "rag_metrics_history", name: "idx_rag_metrics_date_unique", unique: true },
  { table: "plugin_registry", name: "idx_plugin_enabled_healthy" },
];

export const muedParts = {
  rag_metrics: {
    change: "0002_add_rag_metrics",
    needs: [
      ...columns("ai_dialogue_log", "id user_id session_id query response model_used created_at updated_at"),
      ...columns("ai_dialogue_log", "citations latency_ms token_cost_jpy citation_rate"),
      ...columns("provenance", "content_id content_type source_uri license_type acquisition_method"),
      ...columns("provenance", "retention_years created_at"),
      ...columns("rag_metrics_history", "date citation_rate latency_p50_ms cost_per_answer total_queries"),
      ...columns("plugin_registry", "name source enabled"),
    ],
    without:
      "there is no data validation, and of the application only its health and the rollback triggers are tested.",
  },
  rag_indexes: {
    change: "0003_optimize_rag_indexes",
    needs: optimized.map(({ name }) => name),
    without: "the queries are not measured.",
  },
  daily_metrics: {
    change: "0003_optimize_rag_indexes",
    needs: [
      ...columns("rag_metrics_history", "date citation_rate citation_count latency_p50_ms latency_p95_ms"),
      ...columns("rag_metrics_history", "latency_p99_ms cost_per_answer total_queries slo_compliance created_at"),
      "idx_rag_metrics_date_unique",
    ],
    without: "`calculate-rag-metrics` does not run.",
  },
  foreign_keys: {
    change: "0005_validate_foreign_keys",
    without: "the three foreign keys, which are optional in the checklist, are not looked for.",
  },
} satisfies Parts;

type MuedPart = keyof typeof muedParts;

/** Checks of steps 1.4, 1.6 and 1.8. Test 1, and the names of test 2, are the parts' own. */
export const schemaChecks: SchemaChecks<MuedPart> = (has) => [
  ...(has("rag_metrics") ? core : []),
  ...(has("rag_indexes") ? [indexes(optimized)] : []),
  ...(has("foreign_keys") ? [keys] : []),
  validIndexes(tables),
  validConstraints(tables),
];

/** Says how many there are if they are too few. Later migrations may add some. */
const atLeast = (expected: number) =>
  `CASE WHEN count(*) >= ${expected} THEN '${expected} or more' ELSE count(*)::text END`;

/** Tests 2 to 5 of step 1.4. */
const core: readonly Check[] = [
  {
    name: "test 2: the columns of ai_dialogue_log",
    sql: `SELECT ${atLeast(17)} AS columns FROM pg_attribute
      WHERE attrelid = to_regclass('public.ai_dialogue_log') AND attnum > 0 AND NOT attisdropped`,
    row: { columns: "17 or more" },
    hint: 'The checklist: "Expected: 17 columns".',
    withinSeconds: 0,
  },
  {
    name: "test 3: the enums",
    // With the labels that the test data of the checklist has.
    sql: `SELECT ARRAY(
        SELECT split_part(label, '.', 1) || ' with ' || split_part(label, '.', 2)
        FROM ${unnested(["content_type.material", "license_type.cc_by", "license_type.cc_by_sa", "acquisition_method.manual_upload"])} AS wanted (label, n)
        WHERE NOT EXISTS (
          SELECT FROM pg_enum WHERE enumtypid = to_regtype('public.' || split_part(label, '.', 1)) AND enumlabel = split_part(label, '.', 2)
        ) ORDER BY n
      ) AS missing`,
    row: { missing: [] },
    names: true,
    hint: "Create each type, or add the label to it, in a migration.",
    withinSeconds: 0,
  },
  {
    name: "test 4: the default plugins",
    sql: `SELECT ARRAY(
        SELECT format('%s (%s)', name, source) FROM (VALUES ('Note.com Integration', 'note'), ('Local Materials', 'local')) AS wanted (name, source)
        EXCEPT SELECT format('%s (%s)', name, source) FROM public.plugin_registry ORDER BY 1
      ) AS missing`,
    row: { missing: [] },
    names: true,
    hint: "INSERT each into plugin_registry in a migration.",
    withinSeconds: 0,
  },
  indexes([{ table: "ai_dialogue_log", name: "idx_ai_dialogue_created_at" }]),
  {
    name: "test 5: the indexes of the four tables",
    // The runbook's own number is of those that CREATE INDEX makes; pg_indexes also lists the primary keys.
    sql: `SELECT ${atLeast(12)} AS indexes FROM ${existing(tables)} JOIN pg_index ON indrelid = c.oid AND NOT indisprimary AND indisvalid`,
    row: { indexes: "12 or more" },
    hint: 'The checklist: "Expected: 12 indexes", without those of the primary keys.',
    withinSeconds: 0,
  },
];

/** Step 1.8. */
const keys = foreignKeys([
  { name: "fk_ai_dialogue_user", table: "ai_dialogue_log", references: "users" },
  { name: "fk_provenance_content", table: "provenance", references: "materials" },
  { name: "fk_provenance_acquired_by", table: "provenance", references: "users" },
]);
