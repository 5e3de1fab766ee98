/** Verify scripts: each object of a change is removed or changed once, in a transaction of its own. */
import { complaint, expectComplaints } from "../mutations";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { changes, concurrentIndexes, pmSystem, runScripts, tables, tablesOf, views } from "./pm";

jest.setTimeout(180_000);

let pm: SystemDatabase;

startSystem(pmSystem, async (created) => {
  pm = created;
  await runScripts(pm, "deploy", changes);
});

const [version, named, jira, deadLetter, observability] = [
  "V3_009_budget_allocations",
  "V3_014_named_versions",
  "V3_010_jira_issue_tracking",
  "V3_011_neo4j_dead_letter",
  "V3_012_observability",
] as const;

/** Change that created a table or a view, or an index on an existing table. */
function changeOf(relation: string, index = ""): string {
  if (views.includes(relation)) return observability;
  const built = Object.entries(concurrentIndexes).find(([, indexes]) => index in indexes)?.[0];
  return built ?? Object.entries(tablesOf).find(([, made]) => made.includes(relation))![0];
}

/** Constraints of V3_010, which are on an existing table. */
const jiraConstraint = /^opportunities_jira_/;

test("no fault is found in what was deployed", async () => {
  for (const change of changes) expect([change, await complaint(pm, change, "SELECT")]).toEqual([change, "nothing"]);
});

test("each table and view, and what the roles may do with it", async () => {
  await expectComplaints(
    pm,
    [...tables, ...views].flatMap((name) => {
      const [change, kind] = [changeOf(name), views.includes(name) ? "materialized view" : "table"];
      return [
        { change, sql: `DROP ${kind} ${name} CASCADE`, complaint: `${kind} ${name} is missing` },
        {
          change,
          sql: `GRANT TRUNCATE ON ${name} TO pm_read_only`,
          complaint: `pm_read_only may do "SELECT, TRUNCATE" on ${name}, expected "SELECT"`,
        },
        {
          change,
          sql: `GRANT SELECT ON ${name} TO PUBLIC`,
          complaint: `public may do "SELECT" on ${name}, expected ""`,
        },
      ];
    }),
  );
  await expectComplaints(pm, [
    {
      change: observability,
      sql: "GRANT UPDATE ON tracing_spans TO pm_app",
      complaint: 'pm_app may do "SELECT, INSERT, UPDATE, DELETE" on tracing_spans, expected "SELECT, INSERT, DELETE"',
    },
    {
      change: "V3_013_user_features",
      sql: "REVOKE INSERT ON report_runs FROM pm_app",
      complaint: 'pm_app may do "SELECT, UPDATE, DELETE" on report_runs, expected "SELECT, INSERT, UPDATE, DELETE"',
    },
    {
      change: observability,
      sql: "GRANT DELETE ON error_summary TO pm_app",
      complaint: 'pm_app may do "SELECT, DELETE" on error_summary, expected "SELECT"',
    },
  ]);
});

test("each column of the tables, and one too many", async () => {
  const columns = await pm.query<{ table: string; names: string[] }>(
    `SELECT relname::text AS table, array_agg(attname::text ORDER BY attnum) AS names
     FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relname = ANY ($1::text[]) AND relkind = 'r' AND attnum > 0 GROUP BY 1 ORDER BY 1`,
    [tables],
  );
  expect(columns.flatMap(({ names }) => names)).toHaveLength(152);
  for (const { table, names } of columns) {
    const renamed = names.map((name, index) => `ALTER TABLE ${table} RENAME ${name} TO other_${index}`).join("; ");
    const missing = names.map((name) => `expected "${name} [^"]+"`).join(", ");
    expect(await complaint(pm, changeOf(table), renamed)).toMatch(
      new RegExp(`^columns of ${table} differ: ${missing}; it has "`),
    );
  }
  expect(await complaint(pm, version, "ALTER TABLE budget_allocations ADD extra text")).toBe(
    'columns of budget_allocations differ: it also has "extra text"',
  );
});

test("each column of opportunities that was added, and no other", async () => {
  const expected = (column: string, found: string, wanted: string) =>
    `column ${column} of opportunities is "${found}", expected "${wanted}"`;
  await expectComplaints(pm, [
    ...["jira_issue_key", "jira_issue_url", "jira_status", "jira_synced_at"].map((column) => ({
      change: jira,
      sql: `ALTER TABLE opportunities RENAME ${column} TO other`,
      complaint: `column ${column} of opportunities is missing`,
    })),
    {
      change: version,
      sql: "ALTER TABLE opportunities DROP version CASCADE",
      complaint: "column version of opportunities is missing",
    },
    {
      change: version,
      sql: "ALTER TABLE opportunities ALTER version DROP NOT NULL",
      complaint: expected("version", "version bigint default 1", "version bigint not null default 1"),
    },
    {
      change: jira,
      sql: "ALTER TABLE opportunities ALTER jira_synced_at TYPE timestamp",
      complaint: expected(
        "jira_synced_at",
        "jira_synced_at timestamp without time zone",
        "jira_synced_at timestamp with time zone",
      ),
    },
    { change: version, sql: "ALTER TABLE opportunities ADD later text", complaint: "nothing" },
  ]);
});

test("each index: missing, on other columns, or INVALID", async () => {
  const indexes = await pm.query<{ table: string; name: string; unique: boolean; columns: string; where: string }>(
    `SELECT indrelid::regclass::text AS table, relname AS name, indisunique AS unique,
       (SELECT string_agg(pg_get_indexdef(indexrelid, n, true), ', ' ORDER BY n) FROM generate_series(1, indnatts) AS n)
         AS columns,
       coalesce('WHERE ' || pg_get_expr(indpred, indrelid), '') AS where
     FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
     WHERE relname LIKE 'idx\\_%' AND relname NOT IN ('idx_api_keys_user', 'idx_ai_usage_costs_user') ORDER BY 1, 2`,
  );
  expect(indexes).toHaveLength(34);
  expect(indexes.filter(({ unique }) => unique)).toHaveLength(6);
  const using = (columns: string, where: string) => `USING btree (${columns})${where && ` ${where}`}`;
  const broken = Object.values(concurrentIndexes).flatMap((made) => Object.entries(made));
  await expectComplaints(pm, [
    ...indexes.map(({ table, name }) => ({
      change: changeOf(table, name),
      sql: `DROP INDEX ${name}`,
      complaint: `index ${name} is missing on ${table}`,
    })),
    ...indexes
      .filter(({ unique }) => unique)
      .map(({ table, name, columns, where }) => ({
        change: changeOf(table, name),
        sql: `DROP INDEX ${name}; CREATE INDEX ${name} ON ${table} (${columns}) ${where}`,
        complaint: `index ${name} on ${table} is "${using(columns, where)}", expected "UNIQUE ${using(columns, where)}"`,
      })),
    ...broken.map(([name, table]) => ({
      change: changeOf(table, name),
      sql: `UPDATE pg_index SET indisvalid = false WHERE indexrelid = '${name}'::regclass`,
      complaint: `index ${name} on ${table} is INVALID: run DROP INDEX CONCURRENTLY public.${name}, then deploy again`,
    })),
    {
      change: "V3_010_conflict_targets",
      sql: `DROP INDEX idx_signals_external_id;
        CREATE UNIQUE INDEX idx_signals_external_id ON signals (source, external_id)`,
      complaint:
        'index idx_signals_external_id on signals is "UNIQUE USING btree (source, external_id)", expected "UNIQUE USING btree (source, external_id) WHERE (external_id IS NOT NULL)"',
    },
    {
      change: "V3_008_indexes",
      sql: "DROP INDEX idx_signals_created; CREATE INDEX idx_signals_created ON signals (created_at)",
      complaint:
        'index idx_signals_created on signals is "USING btree (created_at)", expected "USING btree (created_at, id)"',
    },
    {
      change: "V3_010_conflict_targets",
      sql: `DROP INDEX idx_signals_external_id; CREATE UNIQUE INDEX idx_signals_external_id
        ON signals (source, external_id) NULLS NOT DISTINCT WHERE external_id IS NOT NULL`,
      complaint:
        'index idx_signals_external_id on signals is "UNIQUE USING btree (source, external_id) NULLS NOT DISTINCT WHERE (external_id IS NOT NULL)", expected "UNIQUE USING btree (source, external_id) WHERE (external_id IS NOT NULL)"',
    },
    {
      change: "V3_008_indexes",
      sql: "ALTER TABLE signals RENAME created_at TO other",
      complaint: 'index idx_signals_created on signals is not as expected: column "created_at" does not exist',
    },
  ]);
});

test("each constraint: missing, letting all through, or keeping orphaned rows", async () => {
  const constraints = await pm.query<{ table: string; name: string; type: string; definition: string }>(
    `SELECT relname AS table, conname AS name, contype AS type, pg_get_constraintdef(pg_constraint.oid) AS definition
     FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
     WHERE relname = ANY ($1::text[]) OR conname LIKE 'opportunities_jira%' ORDER BY 1, 2`,
    [tables],
  );
  const count = (type: string) => constraints.filter((each) => each.type === type).length;
  expect({ p: count("p"), u: count("u"), f: count("f"), c: count("c") }).toEqual({ p: 16, u: 8, f: 12, c: 74 + 3 });
  await expectComplaints(
    pm,
    constraints.map(({ table, name, type, definition }) => {
      const change = jiraConstraint.test(name) ? jira : changeOf(table);
      const [drop, on] = [`ALTER TABLE ${table} DROP CONSTRAINT ${name}`, `constraint ${name} on ${table}`];
      const again = (how: string) => `${drop}, ADD CONSTRAINT ${name} ${how}`;
      if (type === "c") {
        return { change, sql: again("CHECK (true)"), complaint: `${on} is "CHECK (true)", expected "${definition}"` };
      }
      if (type !== "f")
        return { change, sql: `${drop} CASCADE`, complaint: `constraint ${name} is missing on ${table}` };
      // The verify scripts' empty search path makes PostgreSQL print the schema.
      const qualified = (text: string) => text.replace("REFERENCES ", "REFERENCES public.");
      const keeping = definition.replace(/ ON DELETE .*/, "");
      const complaint = `${on} is "${qualified(keeping)}", expected "${qualified(definition)}"`;
      return { change, sql: again(keeping), complaint };
    }),
  );
  await expectComplaints(pm, [
    {
      change: jira,
      sql: `ALTER TABLE opportunities DROP CONSTRAINT opportunities_jira_issue_url_check,
        ADD CONSTRAINT opportunities_jira_issue_url_check CHECK (jira_issue_url ~ '^https?://') NOT VALID`,
      complaint:
        "constraint opportunities_jira_issue_url_check on opportunities is not validated: " +
        "run ALTER TABLE public.opportunities VALIDATE CONSTRAINT opportunities_jira_issue_url_check",
    },
    {
      change: jira,
      sql: "ALTER TABLE opportunities DROP CONSTRAINT opportunities_jira_check",
      complaint: "constraint opportunities_jira_check is missing on opportunities",
    },
  ]);
});

test("the circuit breaker's row for Neo4j", async () => {
  expect(await complaint(pm, "V3_008_neo4j_sync_backlog", "DELETE FROM neo4j_circuit_breaker")).toBe(
    "neo4j_circuit_breaker has no row for neo4j",
  );
});

const triggers = { refuse_stale_version: "BEFORE UPDATE OF version", set_version: "BEFORE UPDATE" };

test("each trigger: missing, disabled, for replicas, or too late", async () => {
  const again = (name: string, table: string) =>
    `CREATE OR REPLACE TRIGGER ${name} AFTER UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${name}()`;
  const printed = (name: string, table: string, when: string) =>
    `CREATE TRIGGER ${name} ${when} ON public.${table} FOR EACH ROW EXECUTE FUNCTION public.${name}()`;
  await expectComplaints(
    pm,
    ["budget_allocations", "opportunities"].flatMap((table) =>
      Object.entries(triggers).flatMap(([name, when]) =>
        [
          { sql: `DROP TRIGGER ${name} ON ${table}`, complaint: `trigger ${name} is missing on ${table}` },
          ...["DISABLE", "ENABLE REPLICA"].map((enabled) => ({
            sql: `ALTER TABLE ${table} ${enabled} TRIGGER ${name}`,
            complaint: `trigger ${name} on ${table} is not enabled`,
          })),
          {
            sql: again(name, table),
            complaint: `trigger ${name} on ${table} is "${printed(name, table, "AFTER UPDATE")}", expected "${printed(name, table, when)}"`,
          },
        ].map((mutation) => ({ change: named, ...mutation })),
      ),
    ),
  );
});

test("the locking of V3_009, before V3_014 replaces it", async () => {
  const before = await pm.clone("locking_of_v3_009");
  await runScripts(before, "revert", [named]);
  const trigger = (when: string) =>
    `CREATE TRIGGER refuse_stale_version ${when} ON public.opportunities FOR EACH ROW EXECUTE FUNCTION public.refuse_stale_version()`;
  await expectComplaints(
    before,
    [
      { sql: "SELECT", complaint: "nothing" },
      {
        sql: "DROP TRIGGER refuse_stale_version ON budget_allocations",
        complaint: "trigger refuse_stale_version is missing on budget_allocations",
      },
      {
        sql: trigger("BEFORE UPDATE OF version").replace("CREATE", "CREATE OR REPLACE"),
        complaint: `trigger refuse_stale_version on opportunities is "${trigger("BEFORE UPDATE OF version")}", expected "${trigger("BEFORE UPDATE")}"`,
      },
      {
        sql: "UPDATE pg_proc SET prosrc = 'BEGIN RETURN NEW; END' WHERE proname = 'refuse_stale_version'",
        complaint: "function refuse_stale_version() does something else: BEGIN RETURN NEW; END",
      },
      {
        sql: `CREATE FUNCTION set_version() RETURNS int LANGUAGE sql AS 'SELECT 1';
          DROP TRIGGER refuse_stale_version ON opportunities`,
        complaint: "trigger refuse_stale_version is missing on opportunities",
      },
    ].map((mutation) => ({ change: version, ...mutation })),
  );
});

test("each function: missing, with other rights, of others, or doing something else", async () => {
  const functions = [
    [named, "refuse_stale_version()", "trigger", "caller"],
    [named, "set_version()", "trigger", "caller"],
    [deadLetter, "move_to_dead_letter(integer)", "integer", "caller"],
    [deadLetter, "cleanup_neo4j_backlog(integer)", "integer", "caller"],
    [observability, "refresh_observability_views()", "void", "owner"],
  ] as const;
  await expectComplaints(
    pm,
    functions.flatMap(([change, signature, result, rights]) => {
      const other = rights === "owner" ? "caller" : "owner";
      const is = (whose: string) => `${result} in plpgsql with the rights of its ${whose}`;
      return [
        { change, sql: `DROP FUNCTION ${signature} CASCADE`, complaint: `function ${signature} is missing` },
        {
          change,
          sql: `ALTER FUNCTION ${signature} SECURITY ${rights === "owner" ? "INVOKER" : "DEFINER"}`,
          complaint: `function ${signature} is ${is(other)}, expected ${is(rights)}`,
        },
        {
          change,
          sql: `ALTER FUNCTION ${signature} SET search_path = public`,
          complaint: `function ${signature} has the settings "search_path=public", expected "search_path="""`,
        },
        {
          change,
          sql: `ALTER FUNCTION ${signature} RESET search_path`,
          complaint: `function ${signature} has the settings "", expected "search_path="""`,
        },
        {
          change,
          sql: `UPDATE pg_proc SET prosrc = 'BEGIN RETURN NULL; END' WHERE oid = '${signature}'::regprocedure`,
          complaint: `function ${signature} does something else: BEGIN RETURN NULL; END`,
        },
      ];
    }),
  );
  await expectComplaints(
    pm,
    functions.slice(2).flatMap(([change, signature]) => [
      {
        change,
        sql: `GRANT EXECUTE ON FUNCTION ${signature} TO PUBLIC`,
        complaint: `function ${signature} may be called by "public, pm_app, pm_read_only", expected "pm_app"`,
      },
      {
        change,
        sql: `REVOKE EXECUTE ON FUNCTION ${signature} FROM pm_app`,
        complaint: `function ${signature} may be called by "", expected "pm_app"`,
      },
    ]),
  );
});

test("a view that asks something else, or that was never filled", async () => {
  const summary = "SELECT error_type, severity FROM error_aggregation GROUP BY 1, 2";
  const again = `DROP MATERIALIZED VIEW error_summary; CREATE MATERIALIZED VIEW error_summary AS ${summary}`;
  expect(await complaint(pm, observability, again)).toMatch(/^materialized view error_summary is " ?SELECT /);
  expect(await complaint(pm, observability, "REFRESH MATERIALIZED VIEW performance_metrics_hourly WITH NO DATA")).toBe(
    "materialized view performance_metrics_hourly was never filled: run REFRESH MATERIALIZED VIEW public.performance_metrics_hourly",
  );
});
