/** MUED's verify scripts find every missing or different object. */
import { complaint, expectComplaints } from "../mutations";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { changes, indexes, muedSystem, ragTables } from "./mued";

jest.setTimeout(180_000);

const [core, optimized, keys, validated] = changes as [string, string, string, string];
let mued: SystemDatabase;

startSystem(muedSystem, async (created) => {
  mued = created;
  await mued.sqitch("deploy", "--verify");
});

const onTables = "= ANY ($1::text[])";
/** Change that an object belongs to. */
const changeOf = (table: string, name = "") => {
  if (table === "rag_orphans" || name.startsWith("fk_")) return keys;
  return table === name || indexes[name] || !name.startsWith("idx_") ? core : optimized;
};

test.each(changes)("%s: finds no fault in what was deployed", async (change) => {
  expect(await complaint(mued, change, "SELECT")).toBe("nothing");
});

test("each of the twelve indexes and the four: missing, or INVALID", async () => {
  const found = await mued.query<{ table: string; name: string }>(
    `SELECT tablename AS table, indexname AS name FROM pg_indexes
     WHERE tablename ${onTables} AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname) ORDER BY 1, 2`,
    [ragTables],
  );
  expect(found).toHaveLength(12 + 4);
  await expectComplaints(
    mued,
    found.flatMap(({ table, name }) => [
      { change: changeOf(table, name), sql: `DROP INDEX ${name}`, complaint: `index ${name} is missing on ${table}` },
      {
        change: changeOf(table, name),
        sql: `UPDATE pg_index SET indisvalid = false WHERE indexrelid = '${name}'::regclass`,
        complaint: `index ${name} on ${table} is INVALID: run DROP INDEX CONCURRENTLY public.${name}, then deploy again`,
      },
    ]),
  );
});

test("an index that is not unique under the name of one that is", async () => {
  await expectComplaints(mued, [
    {
      change: core,
      sql: "DROP INDEX idx_plugin_name; CREATE INDEX idx_plugin_name ON plugin_registry (name)",
      complaint:
        'index idx_plugin_name on plugin_registry is "USING btree (name)", expected "UNIQUE USING btree (name)"',
    },
    {
      change: optimized,
      sql: "DROP INDEX idx_rag_metrics_date_unique; CREATE INDEX idx_rag_metrics_date_unique ON rag_metrics_history (date)",
      complaint:
        'index idx_rag_metrics_date_unique on rag_metrics_history is "USING btree (date)", expected "UNIQUE USING btree (date)"',
    },
  ]);
});

test("an index of another kind, order, operator class or further columns", async () => {
  const index = (name: string, definition: string) => `DROP INDEX ${name}; CREATE ${definition}`;
  const on = (name: string) => `index ${name} on ai_dialogue_log is`;
  const citations = (how: string, printed: string) => ({
    sql: index("idx_ai_dialogue_citations", `INDEX idx_ai_dialogue_citations ON ai_dialogue_log USING ${how}`),
    complaint: `${on("idx_ai_dialogue_citations")} "${printed}", expected "USING gin (citations jsonb_path_ops)"`,
  });
  const created = (how: string, printed: string) => ({
    sql: index("idx_ai_dialogue_created_at", how),
    complaint: `${on("idx_ai_dialogue_created_at")} "${printed}", expected "USING btree (created_at)"`,
  });
  const created_at = "INDEX idx_ai_dialogue_created_at ON ai_dialogue_log";
  await expectComplaints(
    mued,
    [
      citations("gin (citations)", "USING gin (citations)"),
      citations("btree (citations)", "USING btree (citations)"),
      created(`${created_at} (created_at DESC)`, "USING btree (created_at DESC)"),
      created(`${created_at} (created_at NULLS FIRST)`, "USING btree (created_at NULLS FIRST)"),
      created(`${created_at} USING brin (created_at)`, "USING brin (created_at)"),
      created(`${created_at} (created_at) INCLUDE (id)`, "USING btree (created_at) INCLUDE (id)"),
      created(`UNIQUE ${created_at} (created_at)`, "UNIQUE USING btree (created_at)"),
      // How an index is kept is not what it is.
      { ...citations("gin (citations jsonb_path_ops) WITH (fastupdate = off)", ""), complaint: "nothing" },
    ].map((mutation) => ({ change: core, ...mutation })),
  );
});

test("a right to some columns, to maintain, or to grant", async () => {
  const [version] = await mued.query<{ major: number }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS major",
  );
  const may = (role: string, what: string, expected: string) =>
    `${role} may do "${what}" on ai_dialogue_log, expected "${expected}"`;
  const all = "SELECT, INSERT, UPDATE, DELETE";
  await expectComplaints(
    mued,
    [
      {
        sql: "GRANT SELECT (query, response) ON ai_dialogue_log TO PUBLIC",
        complaint: may("public", "SELECT (query, response)", ""),
      },
      {
        sql: "GRANT UPDATE (query) ON ai_dialogue_log TO mued_read_only",
        complaint: may("mued_read_only", "SELECT, UPDATE (query)", "SELECT"),
      },
      {
        sql: "GRANT SELECT ON ai_dialogue_log TO mued_app WITH GRANT OPTION",
        complaint: may("mued_app", `SELECT WITH GRANT OPTION${all.slice(6)}`, all),
      },
      {
        sql: "GRANT UPDATE (query) ON ai_dialogue_log TO mued_app WITH GRANT OPTION",
        complaint: may("mued_app", all.replace("UPDATE", "UPDATE, UPDATE (query WITH GRANT OPTION)"), all),
      },
      {
        sql: `GRANT UPDATE (query) ON ai_dialogue_log TO mued_read_only WITH GRANT OPTION;
          GRANT UPDATE (response) ON ai_dialogue_log TO mued_read_only`,
        complaint: may("mued_read_only", "SELECT, UPDATE (query WITH GRANT OPTION, response)", "SELECT"),
      },
      ...(version!.major < 17
        ? []
        : [
            {
              sql: "GRANT MAINTAIN ON ai_dialogue_log TO mued_app",
              complaint: may("mued_app", `${all}, MAINTAIN`, all),
            },
          ]),
    ].map((mutation) => ({ change: core, ...mutation })),
  );
});

test("a column that is no identity, is calculated otherwise, or sorts otherwise", async () => {
  const differs = (change: string, sql: string, expected: string) => ({ change, sql, expected });
  for (const { change, sql, expected } of [
    differs(keys, "ALTER TABLE rag_orphans ALTER id DROP IDENTITY", "id bigint not null generated always as identity"),
    differs(
      keys,
      "ALTER TABLE rag_orphans ALTER id SET GENERATED BY DEFAULT",
      "id bigint not null generated always as identity",
    ),
    differs(
      core,
      "ALTER TABLE provenance DROP material_id CASCADE, ADD material_id uuid GENERATED ALWAYS AS (content_id) STORED",
      "material_id uuid generated always as (CASE WHEN (content_type = 'material'::public.content_type) THEN content_id ELSE NULL::uuid END) stored",
    ),
    differs(core, 'ALTER TABLE plugin_registry ALTER source TYPE text COLLATE "C"', "source text not null"),
  ]) {
    expect(await complaint(mued, change, sql)).toContain(` differ: expected "${expected}"; it has "`);
  }
  expect(await complaint(mued, core, "ALTER TABLE rag_metrics_history SET UNLOGGED")).toBe(
    "table rag_metrics_history is UNLOGGED, so a crash empties it: run ALTER TABLE public.rag_metrics_history SET LOGGED",
  );
});

test("each table, and what the roles may do with it", async () => {
  await expectComplaints(
    mued,
    [...ragTables, "rag_orphans"].flatMap((table) => [
      { change: changeOf(table), sql: `DROP TABLE ${table} CASCADE`, complaint: `table ${table} is missing` },
      {
        change: changeOf(table),
        sql: `GRANT TRUNCATE ON ${table} TO mued_read_only`,
        complaint: `mued_read_only may do "SELECT, TRUNCATE" on ${table}, expected "SELECT"`,
      },
    ]),
  );
  await expectComplaints(
    mued,
    ragTables.map((table) => ({
      change: core,
      sql: `GRANT SELECT ON ${table} TO PUBLIC`,
      complaint: `public may do "SELECT" on ${table}, expected ""`,
    })),
  );
});

test("each column", async () => {
  const columns = await mued.query<{ table: string; name: string }>(
    `SELECT relname AS table, attname AS name FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relname ${onTables} AND relkind = 'r' AND attnum > 0 ORDER BY 1, attnum`,
    [[...ragTables, "rag_orphans"]],
  );
  expect(columns).toHaveLength(17 + 12 + 11 + 10 + 5);
  for (const { table, name } of columns) {
    expect(await complaint(mued, changeOf(table), `ALTER TABLE ${table} RENAME ${name} TO other`)).toMatch(
      // What is calculated of it differs too.
      new RegExp(`^columns of ${table} differ: (.*, )?expected "${name} [^"]+"[,;] .*it has "`),
    );
  }
});

test("an eighteenth column of ai_dialogue_log", async () => {
  expect(await complaint(mued, core, "ALTER TABLE ai_dialogue_log ADD extra text")).toBe(
    'columns of ai_dialogue_log differ: it also has "extra text"',
  );
});

test("each constraint: missing, and each check that is laxer under the same name", async () => {
  const constraints = await mued.query<{ table: string; name: string; type: string; definition: string }>(
    `SELECT relname AS table, conname AS name, contype AS type, pg_get_constraintdef(pg_constraint.oid) AS definition
     FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid WHERE relname ${onTables} ORDER BY 1, 2`,
    [[...ragTables, "rag_orphans"]],
  );
  expect(constraints.filter(({ type }) => type === "f").map(({ name }) => name)).toEqual([
    "fk_ai_dialogue_user",
    "fk_provenance_acquired_by",
    "fk_provenance_content",
  ]);
  await expectComplaints(
    mued,
    constraints.map(({ table, name }) => ({
      change: changeOf(table, name),
      sql: `ALTER TABLE ${table} DROP CONSTRAINT ${name} CASCADE`,
      complaint: `constraint ${name} is missing on ${table}`,
    })),
  );
  const checks = constraints.filter(({ type }) => type === "c");
  expect(checks).toHaveLength(9 + 2 + 4 + 3 + 1);
  await expectComplaints(
    mued,
    checks.map(({ table, name, definition }) => ({
      change: changeOf(table, name),
      sql: `ALTER TABLE ${table} DROP CONSTRAINT ${name}, ADD CONSTRAINT ${name} CHECK (true)`,
      complaint: `constraint ${name} on ${table} is "CHECK (true)", expected "${definition}"`,
    })),
  );
});

test("a key that is not validated, or refers from content_id", async () => {
  const key =
    "ALTER TABLE provenance DROP CONSTRAINT fk_provenance_content, ADD CONSTRAINT fk_provenance_content FOREIGN KEY";
  const notValid = `${key} (material_id) REFERENCES materials (id) ON DELETE CASCADE NOT VALID`;
  await expectComplaints(mued, [
    {
      change: validated,
      sql: notValid,
      complaint:
        "constraint fk_provenance_content on provenance is not validated: run ALTER TABLE public.provenance VALIDATE CONSTRAINT fk_provenance_content",
    },
    // Results are compared by mutation, so the second ends with a space.
    { change: keys, sql: `${notValid} `, complaint: "nothing" },
    {
      change: keys,
      sql: `${key} (content_id) REFERENCES materials (id) ON DELETE CASCADE`,
      complaint:
        'constraint fk_provenance_content on provenance is "FOREIGN KEY (content_id) REFERENCES public.materials(id) ON DELETE CASCADE", expected "FOREIGN KEY (material_id) REFERENCES public.materials(id) ON DELETE CASCADE"',
    },
    {
      change: validated,
      sql: "ALTER TABLE provenance DROP CONSTRAINT fk_provenance_acquired_by",
      complaint: "constraint fk_provenance_acquired_by is missing on provenance",
    },
  ]);
});

test("the enums, the default plugins, the triggers and their function, the comments", async () => {
  const triggers = ["ai_dialogue_log", "provenance", "plugin_registry"].flatMap((table) => {
    const name = `update_${table}_updated_at`;
    return [
      { sql: `DROP TRIGGER ${name} ON ${table}`, complaint: `trigger ${name} is missing on ${table}` },
      { sql: `ALTER TABLE ${table} DISABLE TRIGGER ${name}`, complaint: `trigger ${name} on ${table} is disabled` },
      {
        sql: `ALTER TABLE ${table} ENABLE REPLICA TRIGGER ${name}`,
        complaint: `trigger ${name} on ${table} is disabled`,
      },
    ];
  });
  const enums = ["content_type", "acquisition_method", "license_type"].map((name) => ({
    sql: `ALTER TYPE ${name} RENAME TO other`,
    complaint: `enum ${name} is missing`,
  }));
  const plugins = [
    ["Note.com Integration", "note"],
    ["Local Materials", "local"],
  ].map(([name, source]) => ({
    sql: `DELETE FROM plugin_registry WHERE source = '${source}'`,
    complaint: `plugin ${name} (${source}) is missing in plugin_registry`,
  }));
  await expectComplaints(mued, [
    ...[...triggers, ...enums, ...plugins].map((mutation) => ({ change: core, ...mutation })),
    {
      change: core,
      sql: "ALTER TYPE license_type RENAME VALUE 'cc_by_sa' TO 'cc_sa'",
      complaint:
        'enum license_type has "cc0, cc_by, cc_sa, cc_by_nc, public_domain, proprietary, unknown", expected "cc0, cc_by, cc_by_sa, cc_by_nc, public_domain, proprietary, unknown"',
    },
    {
      change: core,
      sql: "CREATE OR REPLACE FUNCTION update_updated_at_column() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
      complaint: "function update_updated_at_column() does not set updated_at",
    },
    {
      change: optimized,
      sql: `COMMENT ON COLUMN ai_dialogue_log.citations IS NULL; COMMENT ON COLUMN ai_dialogue_log.latency_ms IS NULL;
        COMMENT ON COLUMN ai_dialogue_log.citation_rate IS NULL; COMMENT ON COLUMN provenance.content_id IS NULL`,
      complaint: "10 columns of the RAG tables have a comment, expected 11 or more",
    },
  ]);
});

test("a plugin that is disabled is nobody's fault", async () => {
  expect(await complaint(mued, core, "UPDATE plugin_registry SET enabled = false")).toBe("nothing");
});
