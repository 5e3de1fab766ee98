/**
 * Checks of a schema that migrations of the team's own made. The tables are those of the schema public which a runbook
 * names. A check of their properties passes over a table that is not there: `everyPart` says whether it must be.
 */
import type { Check } from "../checks";
import { requireSchema } from "./migration-steps";
import type { Foundation } from "./foundation";
import type { Parts } from "./parts";

/** Returns the checks of a system: of the parts that the database is to have, and the runbook's own. */
export function schemaChecks(foundation: Foundation): readonly Check[] {
  const { name, parts = {}, schemaChecks: ofRunbook = () => [] } = foundation.description;
  const { parts: there } = requireSchema(foundation);
  return [everyPart(name, parts, there), ...ofRunbook((part) => there.includes(part))];
}

/**
 * Checks that the parts have what the runbook names and the system's code uses.
 * @param there names of the parts that must be there
 */
export function everyPart(system: string, parts: Parts, there: readonly string[]): Check {
  const needed = there.flatMap((part) => (parts[part]!.needs ?? []).map((item) => `${part} ${item}`));
  return {
    name: "the parts of the schema",
    sql: `WITH needed AS (
      SELECT n, split_part(line, ' ', 1) AS part, split_part(line, ' ', 2) AS item, split_part(split_part(line, ' ', 2), '.', 1) AS relation
      FROM ${unnested(needed)} AS each (line, n)
    ), found AS (
      SELECT n, part, CASE
        WHEN item LIKE '%(%' THEN CASE WHEN to_regprocedure('public.' || item) IS NULL THEN item END
        WHEN to_regclass('public.' || relation) IS NULL THEN relation
        WHEN item LIKE '%.%' AND NOT EXISTS (
          SELECT FROM pg_attribute WHERE attrelid = to_regclass('public.' || relation) AND attname = split_part(item, '.', 2) AND NOT attisdropped
        ) THEN item
      END AS missing FROM needed
    ), grouped AS (
      SELECT min(n) AS n, part, string_agg(DISTINCT missing, ', ') AS missing FROM found GROUP BY part
    )
    SELECT ARRAY(SELECT part || ': ' || missing FROM grouped WHERE missing IS NOT NULL ORDER BY n) AS missing`,
    row: { missing: [] },
    names: true,
    hint:
      `Each is a part of the schema with what it lacks in the schema public. Add that to your migrations, or list the ` +
      `part in ${system}:schema.without, and Runsheet does without it: docs/schemas.md says what then is not done.`,
    withinSeconds: 0,
  };
}

/** Checks that row security is on. */
export const rowSecurity = (tables: readonly string[]): Check => ({
  name: "row security is on",
  sql: `SELECT ARRAY(SELECT name FROM ${existing(tables)} WHERE NOT relrowsecurity ORDER BY n) AS off`,
  row: { off: [] },
  names: true,
  hint: "Without it everybody whose role has rights on the table sees every row: ALTER TABLE ... ENABLE ROW LEVEL SECURITY, in a migration and after its policies.",
  withinSeconds: 0,
});

/** Checks that somebody beside the owner and roles with BYPASSRLS is let in. */
export const policies = (tables: readonly string[], name = "each table has a policy"): Check => ({
  name,
  sql: `SELECT ARRAY(
      SELECT name FROM ${existing(tables)} WHERE NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid) ORDER BY n
    ) AS without_policy`,
  row: { without_policy: [] },
  names: true,
  hint: "Row security without a policy hides every row from everybody but the owner and roles with BYPASSRLS: CREATE POLICY in a migration.",
  withinSeconds: 0,
});

/** Checks that the planner may use every index. */
export const validIndexes = (tables: readonly string[]): Check => ({
  name: "every index is valid",
  sql: `SELECT ARRAY(
      SELECT i.relname || ' on ' || name FROM ${existing(tables)}
      JOIN pg_index ON indrelid = c.oid JOIN pg_class AS i ON i.oid = indexrelid
      WHERE NOT (indisvalid AND indisready AND indislive) ORDER BY n, i.relname
    ) AS invalid`,
  row: { invalid: [] },
  names: true,
  hint: "A CREATE INDEX CONCURRENTLY that failed leaves one. REINDEX INDEX CONCURRENTLY mends it; or drop it, and create it again.",
  withinSeconds: 0,
});

/** Checks that every constraint holds for the rows that were there before it. */
export const validConstraints = (tables: readonly string[]): Check => ({
  name: "every constraint is validated",
  sql: `SELECT ARRAY(
      SELECT conname || ' on ' || name FROM ${existing(tables)} JOIN pg_constraint ON conrelid = c.oid
      WHERE NOT convalidated ORDER BY n, conname
    ) AS not_validated`,
  row: { not_validated: [] },
  names: true,
  hint: "It may not hold for older rows: ALTER TABLE ... VALIDATE CONSTRAINT, in a migration.",
  withinSeconds: 0,
});

/** Checks that the login may read tables and views that it finds by these names, and that every view is filled. */
export const readable = (name: string, relations: readonly string[]): Check => ({
  name,
  sql: `SELECT ARRAY(
      SELECT name FROM ${unnested(relations)} AS listed (name, n) LEFT JOIN pg_class AS c ON c.oid = to_regclass(name)
      WHERE NOT coalesce(has_any_column_privilege(c.oid, 'SELECT') AND relispopulated, false) ORDER BY n
    ) AS unreadable`,
  row: { unreadable: [] },
  names: true,
  hint: "Each is missing, or was never filled, or the login lacks a right: GRANT SELECT.",
  withinSeconds: 0,
});

/** Index that must be there. */
export interface NamedIndex {
  readonly table: string;
  readonly name: string;
  /** True if no two rows may be the same in its columns. Default: either. */
  readonly unique?: boolean;
}

/** Checks that indexes are on their tables. */
export const indexes = (wanted: readonly NamedIndex[]): Check => ({
  name: `the indexes ${wanted.map(({ name }) => name).join(", ")}`,
  sql: `SELECT ARRAY(
      SELECT CASE WHEN must_be_unique AND indisunique IS FALSE THEN name || ' is not unique' ELSE name || ' on ' || relation END
      FROM (VALUES ${wanted.map(({ table, name, unique = false }) => `('${table}', '${name}', ${unique})`).join(", ")}) AS wanted (relation, name, must_be_unique)
      LEFT JOIN pg_index ON indexrelid = to_regclass('public.' || name) AND indrelid = to_regclass('public.' || relation)
      WHERE indexrelid IS NULL OR must_be_unique AND NOT indisunique
    ) AS missing`,
  row: { missing: [] },
  names: true,
  hint: "Create what is named, CONCURRENTLY, in a migration.",
  withinSeconds: 0,
});

/** Foreign key that must be there. */
export interface NamedForeignKey {
  readonly name: string;
  readonly table: string;
  readonly references: string;
  /** True if rows go with the row that they refer to. Default: either. */
  readonly cascade?: boolean;
}

/** Checks that foreign keys refer to their tables. Whether each is validated is for `validConstraints`. */
export const foreignKeys = (wanted: readonly NamedForeignKey[]): Check => ({
  name: `the foreign keys ${wanted.map(({ name }) => name).join(", ")}`,
  sql: `SELECT ARRAY(
      SELECT format('%s: %s to %s%s', name, relation, referenced, CASE WHEN must_cascade THEN ' ON DELETE CASCADE' END)
      FROM (VALUES ${wanted.map(({ name, table, references, cascade = false }) => `('${name}', '${table}', '${references}', ${cascade})`).join(", ")}) AS wanted (name, relation, referenced, must_cascade)
      WHERE NOT EXISTS (
        SELECT FROM pg_constraint WHERE contype = 'f' AND conname = name AND conrelid = to_regclass('public.' || relation)
          AND confrelid = to_regclass('public.' || referenced) AND (confdeltype = 'c' OR NOT must_cascade)
      )
    ) AS missing`,
  row: { missing: [] },
  names: true,
  hint: "Add each NOT VALID, and validate it afterwards, so that nobody waits for a lock.",
  withinSeconds: 0,
});

/** Names with their position, for FROM. */
export const unnested = (names: readonly string[]) =>
  `unnest('{${names.map((name) => `"${name}"`).join(",")}}'::text[]) WITH ORDINALITY`;

/** Tables among these that are there, for FROM: name, n (their position) and the columns of pg_class (c). */
export const existing = (tables: readonly string[]) =>
  `${unnested(tables)} AS listed (name, n) JOIN pg_class AS c ON c.oid = to_regclass('public.' || name)`;
