/** Description of MUED's database for the tests. */
import { systemFile, type SystemDatabase, type SystemDefinition } from "../system-database";

/** Changes in the runbook's order. */
export const changes = [
  "0002_add_rag_metrics",
  "0003_optimize_rag_indexes",
  "0004_add_foreign_keys",
  "0005_validate_foreign_keys",
];

/** Tables that the first change creates. */
export const ragTables = ["ai_dialogue_log", "provenance", "rag_metrics_history", "plugin_registry"];

export const muedSystem: SystemDefinition = {
  name: "mued",
  roles: "CREATE ROLE mued_app LOGIN; CREATE ROLE mued_read_only LOGIN",
  baseline: [systemFile("mued", "baseline.sql")],
  changes,
  tables: [...ragTables, "rag_orphans"],
};

/** User that baseline.sql inserts. */
export const smokeTestUser = "00000000-0000-4000-8000-000000000001";

/** Twelve indexes of the first change, and its three triggers. */
export const indexes: Readonly<Record<string, string>> = {
  idx_ai_dialogue_created_at: "ai_dialogue_log",
  idx_ai_dialogue_session: "ai_dialogue_log",
  idx_ai_dialogue_model: "ai_dialogue_log",
  idx_ai_dialogue_citations: "ai_dialogue_log",
  idx_ai_dialogue_uncited: "ai_dialogue_log",
  idx_provenance_content: "provenance",
  idx_provenance_type_created: "provenance",
  idx_provenance_material: "provenance",
  idx_provenance_acquired_by: "provenance",
  idx_rag_metrics_slo_missed: "rag_metrics_history",
  idx_plugin_name: "plugin_registry",
  idx_plugin_source: "plugin_registry",
};

/** Base version of ai_dialogue_log, as the application had it before the migrations, with two rows. */
export const baseVersion = `
  CREATE TABLE public.ai_dialogue_log (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid,
    session_id uuid NOT NULL,
    query text NOT NULL,
    response text NOT NULL,
    model_used text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  COMMENT ON TABLE public.ai_dialogue_log IS 'What users asked.';
  INSERT INTO public.ai_dialogue_log (session_id, query, response, model_used)
  VALUES (gen_random_uuid(), 'What is a fugue?', 'A piece for several voices.', 'gpt-4'),
    (gen_random_uuid(), 'And a canon?', 'Strict imitation.', NULL)`;

/** Adds a material and returns its id. */
export async function addMaterial(mued: SystemDatabase, title = "Scales"): Promise<string> {
  const [row] = await mued.query<{ id: string }>("INSERT INTO public.materials (title) VALUES ($1) RETURNING id", [
    title,
  ]);
  return row!.id;
}

/** Adds a dialogue and returns its id. Default: without a user. */
export async function addDialogue(mued: SystemDatabase, user: string | null = null): Promise<string> {
  const [row] = await mued.query<{ id: string }>(
    `INSERT INTO public.ai_dialogue_log (user_id, session_id, query, response, citations)
     VALUES ($1, gen_random_uuid(), 'What is RAG?', 'Retrieval.', '[{"source": "a"}]') RETURNING id`,
    [user],
  );
  return row!.id;
}

/** Adds a provenance and returns its id. */
export async function addProvenance(
  mued: SystemDatabase,
  content: { type: string; id: string },
  acquiredBy: string | null = null,
): Promise<string> {
  const [row] = await mued.query<{ id: string }>(
    `INSERT INTO public.provenance (content_id, content_type, source_uri, license_type, acquisition_method, acquired_by)
     VALUES ($1, $2, 'https://example.com', 'cc_by', 'manual_upload', $3) RETURNING id`,
    [content.id, content.type, acquiredBy],
  );
  return row!.id;
}

/** Row count and checksum of each table of the schema. */
export async function checksums(mued: SystemDatabase): Promise<Record<string, string>> {
  const tables = await mued.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await mued.query<{ sum: string }>(
      `SELECT count(*) || ' ' || md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) AS sum FROM public.${name} AS t`,
    );
    found[name] = row!.sum;
  }
  return found;
}
