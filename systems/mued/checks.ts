/** Checks of MUED's checklist before and after the deployment, with the expected answers. */
import type { Check, Cleanup } from "../../components/checks";
import { literally } from "../../components/checks/literally";
import {
  existingColumns,
  existingSchema,
  postgresAtLeast,
  rightsOn,
  uniqueColumns,
} from "../../components/system/prerequisites";
import { readable } from "../../components/system/schema-checks";
import { isStandIn, type Declared } from "../../components/system/settings";
import { isDevelopment, type MuedSettings } from "./settings";

type Deploying = Pick<Declared<MuedSettings>, "settings" | "deploys">;

/** Tables that the migrations refer to. */
export const existingTables = { own: ["public.users", "public.materials"] };

/** Columns that the foreign keys refer to. */
const references = { "public.users.id": "uuid", "public.materials.id": "uuid" };

/** Columns that the data validation writes. */
const written = Object.fromEntries(
  ["users.clerk_id", "users.email", "users.name", "users.role", "materials.title"].map((column) => [
    `public.${column}`,
    "",
  ]),
);

const phase2 = ["ai_dialogue_log", "provenance", "rag_metrics_history", "plugin_registry"];

/** "Verify Database Connection" and "Check Current State". */
export const prerequisites = (mued: Deploying): readonly Check[] => [
  postgresAtLeast(14, "mued"),
  existingSchema("MUED", "mued", existingTables.own),
  // Where the database exists, the application may log in as another role, whose rights every system checks.
  ...(mued.settings.postgres.engine === "existing" ? [] : [rightsOn("mued_app", existingTables.own)]),
  ...buildable(mued),
];

/** Checks for what would stop the shipped migrations up to the target, or the data validation after them. */
function buildable(mued: Deploying): readonly Check[] {
  const refers = mued.deploys("0004_add_foreign_keys");
  const validates = isDevelopment(mued.settings) && mued.deploys("0002_add_rag_metrics");
  return [
    ...(refers || validates ? [existingColumns({ ...(refers && references), ...(validates && written) })] : []),
    ...(refers ? [uniqueColumns(Object.keys(references))] : []),
  ];
}

/** Question of the smoke tests. The deployment's ID follows it, so that nobody else asks the same. */
const question = "Test query: smoke test ";
const dialogue = `FROM ai_dialogue_log WHERE query = '${question}' || \${DEPLOYMENT}`;

/**
 * "Critical Checks (Within 5 minutes)", with a clean-up of what they leave; or "Post-Rollback Verification". The
 * checklist says of the answers that they are there, and nothing of what the chat writes: that is the stand-in's.
 */
export function smokeTests(mued: Declared<MuedSettings>): { checks: readonly Check[]; cleanup: readonly Cleanup[] } {
  const standIn = isStandIn(mued.settings);
  const health: Check = {
    name: "application health",
    url: "${APP_URL}/api/health",
    answer: standIn ? { status: "healthy", release: mued.settings.release } : undefined,
  };
  // What becomes of the tables is for migrations of the team's own to say.
  const gone = mued.schemaIsShipped ? [goneTables] : [];
  if (!mued.has("rag_metrics")) return { checks: [health, ...gone, triggers(mued.settings)], cleanup: [] };
  const tables = readable("the tables can be read", phase2);
  const chat: Check = {
    name: "the critical endpoint /api/ai/chat",
    url: "${APP_URL}/api/ai/chat",
    body: { query: `${question}\${DEPLOYMENT}` },
    answer: standIn ? {} : undefined,
    // Each answer costs money, and takes as long as a model does.
    withinSeconds: 0,
    timeoutSeconds: 60,
    hint: `If it asks for a login, give it one in mued:checks, under "the critical endpoint /api/ai/chat": headers: { Authorization: "Bearer \${chatToken}" }, with the secret mued:chatToken.`,
  };
  const logged: Check = {
    name: "the dialogue is in the database",
    sql: `SELECT count(*) > 0 AS logged ${dialogue}`,
    row: { logged: true },
    withinSeconds: 10,
  };
  const removed: Cleanup = {
    name: "the dialogue of the test is removed",
    of: [chat.name],
    // Dialogues of killed tests are removed, too.
    sql: `WITH removed AS (DELETE FROM ai_dialogue_log WHERE query ~ '^${question}[0-9a-f]{8}$' RETURNING query)
      SELECT coalesce(bool_or(query = '${question}' || \${DEPLOYMENT}), false) AS removed FROM removed`,
    row: { removed: true },
    // An application may log a dialogue after its answer, or none.
    mayCome: { withinSeconds: 10 },
    withinSeconds: 5,
  };
  return { checks: [health, tables, chat, ...(standIn ? [logged] : []), triggers(mued.settings)], cleanup: [removed] };
}

/** The checklist looks for three tables; the base version of ai_dialogue_log may have been there before. */
const goneTables: Check = {
  name: "what Phase 2 made is gone",
  sql: `SELECT ARRAY(SELECT name FROM unnest('{${phase2.slice(1).join(",")}}'::text[]) AS name WHERE to_regclass(name) IS NOT NULL) AS tables,
    ARRAY(SELECT name FROM unnest('{content_type,acquisition_method,license_type}'::text[]) AS name WHERE to_regtype(name) IS NOT NULL) AS enums`,
  row: { tables: [], enums: [] },
  names: true,
  withinSeconds: 0,
};

/** "When to Rollback": the error rate, and how much slower than before. */
function triggers({ rollbackTriggers }: MuedSettings): Check {
  const { errorPercent, slowerPercent, baselineP95Milliseconds, path, requests } = rollbackTriggers;
  return {
    name: "the rollback triggers",
    url: `\${APP_URL}${literally(path)}`,
    load: {
      requests,
      requestsKey: "mued:rollbackTriggers.requests",
      errorPercent,
      p95Milliseconds:
        baselineP95Milliseconds === undefined ? undefined : baselineP95Milliseconds * (1 + slowerPercent / 100),
    },
    hint: "Go back: set mued:release to the release before, mued:schema.target to the last change to keep, and run up.",
  };
}
