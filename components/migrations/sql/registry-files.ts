/** Programs of psql's that read and write a tool's table, made of what `Registry` says. */
import type { Files } from "../../kubernetes/mounted-files";
import type { Tool } from "./tool";

/** Row that a change adds, for `Registry.record` and `Registry.remove`. */
const change = `WITH change AS (
  SELECT name, key, checksums ->> 0 AS checksum, :'_row'::json AS row,
    round((extract(epoch FROM clock_timestamp()) - :_started) * 1000)::integer AS milliseconds
  FROM json_to_recordset(:'_changes') AS c (name text, key text, checksums json) WHERE name = :'_change'
)`;

const row = `SELECT format('change.%s.json', id) AS _file FROM json_to_recordset(:'_changes') AS c (name text, id text)
WHERE name = :'_change' \\gset
\\set _row \`cat :_file\`
`;

/** Makes registry.sql, upgrade.sql, create.sql, record.sql and remove.sql. */
export const registryFiles = ({ registry, anyOrder = false }: Pick<Tool, "registry" | "anyOrder">): Files => ({
  "registry.sql": `\\set _table ${quoted(registry.table)}
\\set _failed ${quoted(registry.failed)}
\\set _passed ${quoted(registry.passed ?? "false")}
\\set _any_order ${anyOrder}
SELECT coalesce((${registry.locate}), '') AS _registry \\gset
SELECT :'_registry' <> '' AS _has, ${home(registry.home)} AS _home,
  coalesce((${registry.lock ?? "NULL::bigint"})::text, '') AS _lock \\gset
\\if :_has
WITH here AS (SELECT * FROM json_to_recordset(:'_changes') AS c (key text, name text))
SELECT coalesce(json_agg(a), '[]') AS _applied FROM (
${registry.applied}
) AS a (${columns}) \\gset
\\else
\\set _applied []
\\endif
`,
  "upgrade.sql": `${registry.upgrade ?? ""}\n`,
  "create.sql": `${registry.create}\n`,
  "record.sql": `${row}${change}\n${registry.record};\n`,
  "remove.sql": registry.remove
    ? `SELECT extract(epoch FROM clock_timestamp()) AS _started \\gset\n${row}${change}\n${registry.remove};\n`
    : "",
});

const columns = "key, label, checksum, state";

const home = (first = false) =>
  first
    ? `coalesce((SELECT quote_ident(nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE c.oid = to_regclass(nullif(:'_registry', ''))), '')`
    : "''";

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
