/** Description of PRISM's database for the tests. */
import { supabase, systemFile, type SystemDatabase, type SystemDefinition } from "../system-database";

/** Changes in the runbook's order. */
export const changes = [
  "ai_feedback",
  "invoice_validations",
  "business_classification_patterns",
  "ml_models",
  "user_insights",
  "user_tax_profiles",
  "feedback_training_index",
  "user_tax_profiles_updated_at",
];

/** Tables that the changes create. */
export const tables = [...changes.slice(0, 6), "profile_corrections"];

export const prismSystem: SystemDefinition = {
  name: "prism",
  roles: `CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role;
    CREATE ROLE prism_app LOGIN NOINHERIT IN ROLE anon, authenticated, service_role; CREATE ROLE prism_read_only LOGIN`,
  baseline: [supabase, systemFile("prism", "baseline.sql")],
  changes,
  tables,
};

/** Rows that baseline.sql inserts. */
export const smokeTest = {
  user: "00000000-0000-4000-8000-000000000001",
  business: "00000000-0000-4000-8000-000000000002",
  invoice: "00000000-0000-4000-8000-000000000003",
};

/** Adds rows to ai_feedback that were not used in a training yet. */
export async function addFeedback(prism: SystemDatabase, rows: number): Promise<void> {
  await prism.query(
    `INSERT INTO public.ai_feedback (business_id, user_id, subject_type, subject_id, prediction, correction)
     SELECT $1, $2, 'transaction', gen_random_uuid(), '{"category": "fuel"}', '{"category": "rent"}'
     FROM generate_series(1, $3)`,
    [smokeTest.business, smokeTest.user, rows],
  );
}

/** Row count and checksum of ai_feedback. */
export async function feedback(prism: SystemDatabase): Promise<{ rows: number; checksum: string }> {
  const [found] = await prism.query<{ rows: number; checksum: string }>(
    "SELECT count(*)::integer AS rows, md5(string_agg(f::text, '' ORDER BY id)) AS checksum FROM public.ai_feedback AS f",
  );
  return found!;
}
