/** Checks of OmniOps' guide before and after the deployment, with the expected answers. */
import type { Check, Cleanup } from "../../components/checks";
import { literally } from "../../components/checks/literally";
import { extensionsThere } from "../../components/system/existing-database";
import { existingSchema, postgresAtLeast, redisAtLeast } from "../../components/system/prerequisites";
import { foreignKeys, validConstraints } from "../../components/system/schema-checks";
import { isStandIn, type Declared } from "../../components/system/settings";
import { features, neededPart, type Feature } from "./features";
import { foreignKeyOfGuide, phase4ForeignKeys, tables } from "./schema";
import type { OmniopsSettings } from "./settings";

/** Tables that the migrations refer to. */
export const existingTables = {
  own: ["public.customers", "public.conversations", "public.messages"],
  referenced: ["auth.users"],
};

/** "Database Setup": the migrations use their types and operators without a schema. */
export const extensions = ["vector", "pg_trgm"];

/** "Environment Setup: Prerequisites" and "Database Setup". */
export const prerequisites = (settings: OmniopsSettings): readonly Check[] => [
  postgresAtLeast(15, "omniops"),
  {
    name: "200 connections and 16 MB of work_mem",
    sql: "SELECT current_setting('max_connections')::int >= 200 AS connections, pg_size_bytes(current_setting('work_mem')) >= pg_size_bytes('16MB') AS work_mem",
    row: { connections: true, work_mem: true },
    hint: "The ML workload needs both: set max_connections to 200 and work_mem to 16MB on the server.",
    withinSeconds: 60,
  },
  // Where the database exists, every system checks its extensions.
  ...(settings.postgres.engine === "existing"
    ? []
    : [{ ...extensionsThere(extensions, true), name: "the extensions vector and pg_trgm", withinSeconds: 60 }]),
  existingSchema("OmniOps", "omniops", [...existingTables.referenced, ...existingTables.own]),
  ...(isStandIn(settings) ? [conversation(settings)] : []),
  redisAtLeast("7", "[7-9]|\\d\\d", "omniops", settings.redis),
];

/** The conversation in which the stand-in is asked to store a message. */
const conversation = ({ smokeTest }: OmniopsSettings): Check => ({
  name: "the smoke tests' conversation",
  sql: `SELECT customer_id FROM public.conversations WHERE id = '${smokeTest.conversationId}'`,
  row: { customer_id: smokeTest.customerId },
  hint: "The smoke tests write and remove messages in it: create it, or set omniops:smokeTest to one that is nobody's.",
  withinSeconds: 0,
});

const counted = ["sentiment_analysis", "response_suggestions", "conversation_categories"] as const;

/** "Step 3: Verify Migration": the guide's row counts, for people to look at, and its foreign keys by their names. */
export function migrated(omniops: Declared<OmniopsSettings>): readonly Check[] {
  const there = counted.filter((table) => omniops.has(table));
  const rows: Check[] = there.map((table) => ({
    name: `the rows of ${table} can be counted`,
    sql: `SELECT count(*) AS rows FROM public.${table}`,
    show: true,
    withinSeconds: 0,
  }));
  return omniops.has("foreign_keys") ? [...rows, ...foreignKeysHold(omniops)] : rows;
}

/** Checks that each foreign key is there, and holds for rows that are older. Of a team's own the guide names one. */
function foreignKeysHold(omniops: Declared<OmniopsSettings>): Check[] {
  const named = omniops.schemaIsShipped ? phase4ForeignKeys : [foreignKeyOfGuide];
  const wanted = named.filter(({ table }) => omniops.has(table));
  return [
    ...(wanted.length > 0 ? [{ ...foreignKeys(wanted), name: "the foreign keys are there" }] : []),
    { ...validConstraints(tables), name: "the foreign keys hold for every row" },
  ];
}

const stored = "a message is stored";

/** Tells the smoke tests' messages from all others. */
const content = "Smoke test of Runsheet: thank you, it works well.";

/**
 * "Verify health checks passing" and "Run smoke tests", with a clean-up of what the tests write. The guide does not say
 * what is in an answer, nor which smoke tests it means: those are the stand-in's.
 */
export function smokeTests(omniops: Declared<OmniopsSettings>): {
  checks: readonly Check[];
  cleanup: readonly Cleanup[];
} {
  const { settings } = omniops;
  const health = { name: "health", url: "${APP_URL}/api/health" };
  const readiness = { name: "readiness", url: "${APP_URL}/api/ready" };
  if (!isStandIn(settings)) return { checks: [health, readiness], cleanup: [] };
  const { customerId, conversationId } = settings.smokeTest;
  const there = (Object.keys(features) as Feature[]).filter((feature) => omniops.has(neededPart[feature]));
  const checks: Check[] = [
    { ...health, answer: { status: "healthy", release: settings.release } },
    { ...readiness, answer: { ready: true } },
    ...(there.length > 0 ? [featureFlags(customerId, there)] : []),
    {
      name: stored,
      url: `\${APP_URL}/api/conversations/${literally(conversationId)}/messages`,
      body: { content },
      status: 201,
      answer: { id: "<uuid>", ...(omniops.has("sentiment_analysis") && { analysis: "<string>" }) },
      capture: { messageId: "id" },
    },
    {
      name: "the message is in the database",
      sql: "SELECT conversation_id FROM messages WHERE id = ${messageId}",
      row: { conversation_id: conversationId },
      withinSeconds: 0,
    },
  ];
  const removed: Cleanup = {
    name: "the message of the test is removed",
    of: [stored],
    sql: `DELETE FROM messages WHERE conversation_id = '${conversationId}' AND content = '${content}'`,
    withinSeconds: 5,
  };
  return { checks, cleanup: [removed] };
}

/** Checks the switches of the features whose tables are there: a release before Phase 4 knows none. */
const featureFlags = (customerId: string, there: readonly Feature[]): Check => ({
  name: "feature flags",
  url: `\${APP_URL}/api/features?customerId=${literally(customerId)}`,
  answer: { customerId, features: Object.fromEntries(there.map((feature) => [feature, "<boolean>"])) },
});
