/**
 * Checks for what would stop the shipped migrations in the middle, when nobody may write any more. Tables of another's are
 * found by migrate.sh, which compares them with the changes that are applied.
 */
import type { Check } from "../../components/checks";
import { existingColumns, uniqueColumns, type NeededColumns } from "../../components/system/prerequisites";

/** Columns of tables that were there before, on which a change builds; users are what it refers to. */
const builtOn: Readonly<Record<string, NeededColumns>> = {
  V3_008_indexes: {
    "public.signals.id": "",
    "public.signals.source": "",
    "public.signals.created_at": "",
    "public.opportunities.status": "",
    "public.opportunities.created_at": "",
    "public.opportunity_signals.signal_id": "",
    "public.ai_usage_costs.created_at": "",
  },
  V3_009_budget_allocations: { "public.opportunities.id": "" },
  V3_010_conflict_targets: { "public.signals.external_id": "" },
  V3_011_neo4j_dead_letter: { "public.users.id": "uuid" },
};

/** Kinds of objects that are no tables. */
type Kind = "column" | "function" | "index" | "trigger";

/**
 * Objects that a change makes beside its tables: an index with what it is of, a trigger with its function. Its deploy
 * script refuses one of another's.
 */
const made: readonly (readonly [change: string, kind: Kind, name: string, of?: string])[] = [
  ["V3_008_indexes", "index", "idx_signals_created", "signals USING btree (created_at, id)"],
  ["V3_008_indexes", "index", "idx_signals_source", "signals USING btree (source, created_at)"],
  ["V3_008_indexes", "index", "idx_opportunities_status", "opportunities USING btree (status, created_at)"],
  ["V3_008_indexes", "index", "idx_opportunity_signals_signal", "opportunity_signals USING btree (signal_id)"],
  ["V3_008_indexes", "index", "idx_ai_usage_costs_created", "ai_usage_costs USING btree (created_at)"],
  ["V3_009_budget_allocations", "function", "refuse_stale_version()"],
  ["V3_009_budget_allocations", "column", "opportunities.version"],
  ["V3_010_jira_issue_tracking", "column", "opportunities.jira_issue_key"],
  ["V3_010_jira_issue_tracking", "column", "opportunities.jira_issue_url"],
  ["V3_010_jira_issue_tracking", "column", "opportunities.jira_status"],
  ["V3_010_jira_issue_tracking", "column", "opportunities.jira_synced_at"],
  [
    "V3_010_conflict_targets",
    "index",
    "idx_signals_external_id",
    "signals USING btree (source, external_id) WHERE (external_id IS NOT NULL)",
  ],
  [
    "V3_010_conflict_targets",
    "index",
    "idx_opportunities_jira_issue_key",
    "opportunities USING btree (jira_issue_key) WHERE (jira_issue_key IS NOT NULL)",
  ],
  ["V3_011_neo4j_dead_letter", "function", "move_to_dead_letter(integer)"],
  ["V3_011_neo4j_dead_letter", "function", "cleanup_neo4j_backlog(integer)"],
  ["V3_012_observability", "function", "refresh_observability_views()"],
  ["V3_014_named_versions", "function", "set_version()"],
  ["V3_014_named_versions", "trigger", "opportunities.set_version", "set_version()"],
];

/**
 * The checks.
 * @param deploys tells whether a change is one of those up to the target
 */
export function buildable(deploys: (change: string) => boolean): readonly Check[] {
  const columns: NeededColumns = Object.fromEntries(
    Object.keys(builtOn)
      .filter(deploys)
      .flatMap((change) => Object.entries(builtOn[change]!)),
  );
  const objects = made.filter(([change]) => deploys(change));
  return [
    ...(objects.length > 0 ? [existingColumns(columns), freeNames(objects)] : []),
    ...("public.users.id" in columns ? [uniqueColumns(["public.users.id"])] : []),
    ...(deploys("V3_010_conflict_targets") ? [noDuplicates] : []),
  ];
}

/** Names of the changes that are applied, where there is a registry. */
const applied = `SELECT change FROM XMLTABLE('/table/row' PASSING query_to_xml(
      CASE WHEN to_regclass('sqitch.changes') IS NULL THEN 'SELECT WHERE false'
        ELSE 'SELECT change FROM sqitch.changes WHERE project = ''pm''' END, true, false, ''
    ) COLUMNS change text PATH 'change')`;

/** Asks as the deploy scripts do (refuse_foreign_object.sql), for the changes that are not applied. */
function freeNames(objects: typeof made): Check {
  const rows = objects.map(([change, kind, name, of = ""]) => `('${change}','${kind}','${name}','${of}')`);
  return {
    name: "the names of what the migrations make",
    sql: `WITH applied AS (${applied}), ours (change, kind, name, of) AS (VALUES ${rows.join(",")})
      SELECT ARRAY(
        SELECT kind || ' ' || name FROM ours
        WHERE change NOT IN (SELECT change FROM applied) AND CASE kind
          WHEN 'column' THEN EXISTS (
            SELECT FROM pg_attribute
            WHERE attrelid = to_regclass('public.' || split_part(name, '.', 1)) AND attname = split_part(name, '.', 2)
              AND NOT attisdropped AND coalesce(col_description(attrelid, attnum), '') NOT LIKE '%Made by Sqitch change ' || change || '.'
          )
          WHEN 'function' THEN EXISTS (
            SELECT FROM pg_proc WHERE oid = to_regprocedure('public.' || name)
              AND coalesce(obj_description(oid, 'pg_proc'), '') NOT LIKE '%Made by Sqitch change ' || change || '.'
          )
          WHEN 'trigger' THEN EXISTS (
            SELECT FROM pg_trigger
            WHERE tgrelid = to_regclass('public.' || split_part(name, '.', 1)) AND tgname = split_part(name, '.', 2)
              AND tgfoid IS DISTINCT FROM to_regprocedure('public.' || of)
          )
          ELSE EXISTS (
            SELECT FROM pg_index WHERE indexrelid = to_regclass('public.' || name) AND (
              indrelid <> to_regclass('public.' || split_part(of, ' ', 1))
              OR indisvalid AND indisready AND substring(pg_get_indexdef(indexrelid) FROM ' ON .*$') <> ' ON public.' || of
            )
          )
        END
      ) AS taken`,
    row: { taken: [] },
    names: true,
    hint: "The migrations make columns, functions, triggers and indexes of these names, and take none that another made: rename or remove each.",
    withinSeconds: 0,
  };
}

const noDuplicates: Check = {
  name: "no signal is there twice",
  // Once the index is there, none can be, unless it is INVALID. Without it every signal is read.
  sql: `SELECT count(*)::int AS duplicates FROM (
      SELECT FROM public.signals
      WHERE NOT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('public.idx_signals_external_id') AND indisvalid)
        AND external_id IS NOT NULL
      GROUP BY source, external_id HAVING count(*) > 1
    ) AS twice`,
  row: { duplicates: 0 },
  hint: "V3_010_conflict_targets makes (source, external_id) unique. Leave the id to one signal of each: UPDATE signals SET external_id = NULL for the others.",
  withinSeconds: 0,
  timeoutSeconds: 300,
};
