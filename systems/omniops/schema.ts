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
export const tables = [
  "sentiment_analysis",
  "response_suggestions",
  "conversation_categories",
  "prediction_analysis",
  "escalation_rules",
  "escalation_events",
  "conversation_insights",
] as const;

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

/** Returns a foreign key with which rows go: they hold what people wrote and felt. */
const foreignKey = (name: string, table: (typeof tables)[number], references: string) =>
  ({ name: `fk_${name}`, table, references, cascade: true }) as const;

/** The foreign key that the guide names. */
export const foreignKeyOfGuide = foreignKey("sentiment_message", "sentiment_analysis", "messages");

/** The foreign keys that the shipped migrations add. */
export const phase4ForeignKeys = [
  foreignKeyOfGuide,
  foreignKey("sentiment_conversation", "sentiment_analysis", "conversations"),
  foreignKey("suggestion_message", "response_suggestions", "messages"),
  foreignKey("suggestion_conversation", "response_suggestions", "conversations"),
  foreignKey("category_conversation", "conversation_categories", "conversations"),
  foreignKey("prediction_customer", "prediction_analysis", "customers"),
  foreignKey("prediction_conversation", "prediction_analysis", "conversations"),
  foreignKey("escalation_rule_customer", "escalation_rules", "customers"),
  foreignKey("escalation_event_rule", "escalation_events", "escalation_rules"),
  foreignKey("escalation_event_message", "escalation_events", "messages"),
  foreignKey("escalation_event_conversation", "escalation_events", "conversations"),
  foreignKey("insight_conversation", "conversation_insights", "conversations"),
];

/**
 * Checks of "Verify tables created" and "Check foreign key constraints". The guide enables row security with policies
 * that are "defined separately", and names one foreign key.
 */
export const schemaChecks: SchemaChecks<OmniopsPart> = (has) => [
  rowSecurity(tables),
  policies(tables),
  ...(has("foreign_keys") && has("sentiment_analysis") ? [foreignKeys([foreignKeyOfGuide])] : []),
  validIndexes(tables),
  validConstraints(tables),
];
