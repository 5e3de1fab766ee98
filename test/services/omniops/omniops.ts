/** Description of OmniOps' database for the tests. */
import { supabase, systemFile, type SystemDefinition } from "../system-database";

/** Tables that the changes create, each by the change of the same name. */
export const tables = [
  "sentiment_analysis",
  "response_suggestions",
  "conversation_categories",
  "prediction_analysis",
  "escalation_rules",
  "escalation_events",
  "conversation_insights",
];

/** Changes in the runbook's order. */
export const changes = [
  ...tables,
  "phase4_foreign_keys",
  "phase4_validate_foreign_keys",
  "escalation_rules_updated_at",
];

export const omniopsSystem: SystemDefinition = {
  name: "omniops",
  roles: `CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role;
    CREATE ROLE omniops_app LOGIN NOINHERIT IN ROLE anon, authenticated, service_role; CREATE ROLE omniops_read_only LOGIN`,
  extensions: "CREATE EXTENSION vector; CREATE EXTENSION pg_trgm",
  baseline: [supabase, systemFile("omniops", "baseline.sql")],
  changes,
  tables,
};

/** Rows that baseline.sql inserts. */
export const smokeTest = {
  user: "00000000-0000-4000-8000-000000000001",
  customer: "smoke-test",
  conversation: "00000000-0000-4000-8000-000000000002",
};
