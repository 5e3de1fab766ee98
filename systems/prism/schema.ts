/** The schema of PRISM's "Database Migrations", and its "Verification Queries", made strict. */
import type { Check } from "../../components/checks";
import type { Parts } from "../../components/system/parts";
import { existing, policies, rowSecurity, validConstraints, validIndexes } from "../../components/system/schema-checks";

const tables = [
  "ai_feedback",
  "invoice_validations",
  "business_classification_patterns",
  "ml_models",
  "user_insights",
  "user_tax_profiles",
  "profile_corrections",
];

export const prismParts = {
  ai_feedback: {
    change: "ai_feedback",
    needs: ["ai_feedback.id", "ai_feedback.user_id", "ai_feedback.used_in_training", "ai_feedback.created_at"],
    without: "feedback is not tested.",
  },
  invoice_validations: {
    change: "invoice_validations",
    needs: ["invoice_validations"],
  },
  business_classification_patterns: {
    change: "business_classification_patterns",
    needs: ["business_classification_patterns"],
  },
  ml_models: {
    change: "ml_models",
    needs: ["ml_models.is_active"],
    without: "the worker `prism-model-training` has no pod.",
  },
  user_insights: {
    change: "user_insights",
    needs: ["user_insights.user_id", "user_insights.month"],
    without: "insights are not tested, and the worker `prism-monthly-insights` has no pod.",
  },
  user_tax_profiles: {
    change: "user_tax_profiles",
    needs: [
      "user_tax_profiles.user_id",
      "user_tax_profiles.ai_confidence",
      "profile_corrections.user_id",
      "profile_corrections.detected_value",
      "profile_corrections.corrected_value",
      "profile_corrections.created_at",
    ],
    without: "tax profiles and their corrections are not tested.",
  },
  training_batches: {
    change: "ml_models",
    needs: [
      "ai_feedback.used_in_training",
      "ai_feedback.training_batch_id",
      "ai_feedback.trained_at",
      "ml_models.is_active",
      "ml_models.training_batch_id",
    ],
    without: "no schedule cleans up old training batches.",
  },
} satisfies Parts;

/**
 * Checks of "Verification Queries". The runbook asks for the row security of three tables; what is in the others is no
 * less anybody's own. It lists the indexes of ai_feedback, which are "by business, user, and training status".
 */
export const schemaChecks = (): readonly Check[] => [
  rowSecurity(tables),
  policies(
    ["ai_feedback", "user_insights", "user_tax_profiles"],
    "ai_feedback, user_insights and user_tax_profiles have a policy",
  ),
  {
    name: "ai_feedback has indexes by business, user and training status",
    sql: `SELECT ARRAY(
        SELECT word FROM ${existing(["ai_feedback"])}, unnest('{business,user,training}'::text[]) AS word
        WHERE NOT EXISTS (
          SELECT FROM pg_index WHERE indrelid = c.oid AND split_part(pg_get_indexdef(indexrelid), ' USING ', 2) LIKE '%' || word || '%'
        )
      ) AS without_index`,
    row: { without_index: [] },
    names: true,
    hint: 'The runbook: "Includes indexes for efficient querying by business, user, and training status". Create an index on a column, or with a condition, whose name contains the word.',
    withinSeconds: 0,
  },
  validIndexes(tables),
  validConstraints(tables),
];
