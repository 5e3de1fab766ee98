/** The schema of OmniOps' "Database Migrations", and the verification of its "Step 1" and "Step 3", made strict. */
import type { Parts, SchemaChecks } from "../../components/system/parts";
import {
  foreignKeys,
  policies,
  rowSecurity,
  validConstraints,
  validIndexes,
} from "../../components/system/schema-checks";

/** The seven tables, which the guide lists with \dt. */
const tables = [
  "sentiment_analysis",
  "response_suggestions",
  "conversation_categories",
  "prediction_analysis",
  "escalation_rules",
  "escalation_events",
  "conversation_insights",
];

export const omniopsParts = {
  sentiment_analysis: {
    change: "sentiment_analysis",
    needs: ["sentiment_analysis.message_id"],
    without:
      "no schedule queues lost jobs again, there is no backfill, and the feature `sentiment_analysis` must be off.",
  },
  response_suggestions: {
    change: "response_suggestions",
    needs: ["response_suggestions"],
    without: "the feature `response_suggestions` must be off.",
  },
  conversation_categories: {
    change: "conversation_categories",
    needs: ["conversation_categories"],
    without: "the feature `auto_categorization` must be off.",
  },
  prediction_analysis: {
    change: "prediction_analysis",
    needs: ["prediction_analysis"],
    without: "the feature `predictive_analytics` must be off.",
  },
  escalation_rules: {
    change: "escalation_rules",
    needs: ["escalation_rules"],
  },
  escalation_events: {
    change: "escalation_events",
    needs: ["escalation_events"],
    without: "the feature `auto_escalation` must be off.",
  },
  conversation_insights: {
    change: "conversation_insights",
    needs: ["conversation_insights"],
    without: "the feature `conversation_insights` must be off.",
  },
  foreign_keys: {
    change: "phase4_validate_foreign_keys",
    without: "the foreign key `fk_sentiment_message` is not looked for.",
  },
} satisfies Parts;

export type OmniopsPart = keyof typeof omniopsParts;

/**
 * Checks of "Verify tables created" and "Check foreign key constraints". The guide enables row security with policies
 * that are "defined separately", and names one foreign key.
 */
export const schemaChecks: SchemaChecks<OmniopsPart> = (has) => [
  rowSecurity(tables),
  policies(tables),
  ...(has("foreign_keys") && has("sentiment_analysis")
    ? [
        foreignKeys([
          { name: "fk_sentiment_message", table: "sentiment_analysis", references: "messages", cascade: true },
        ]),
      ]
    : []),
  validIndexes(tables),
  validConstraints(tables),
];
