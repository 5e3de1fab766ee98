/** Verify scripts: each object of a change is removed or changed once, in a transaction of its own. */
import { complaint, expectComplaints, policiesOf, policyMutations } from "../mutations";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { changes, omniopsSystem, tables } from "./omniops";

jest.setTimeout(180_000);

const validated = "phase4_validate_foreign_keys";
let omniops: SystemDatabase;

startSystem(omniopsSystem, async (created) => {
  omniops = created;
  await omniops.sqitch("deploy", "--verify");
});

const onTables = "= ANY ($1::text[])";

test.each(changes)("%s: finds no fault in what was deployed", async (change) => {
  expect(await complaint(omniops, change, "SELECT")).toBe("nothing");
});

test("each table, its row security, and a policy that somebody added by hand", async () => {
  await expectComplaints(
    omniops,
    tables.flatMap((table) => [
      { change: table, sql: `DROP TABLE ${table} CASCADE`, complaint: `table ${table} is missing` },
      {
        change: table,
        sql: `ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`,
        complaint: `row security is off on ${table}`,
      },
      {
        change: table,
        sql: `CREATE POLICY everybody ON ${table} USING (true)`,
        complaint: `${table} has policies that nobody expected: everybody`,
      },
    ]),
  );
});

test("each policy: missing, for other roles, or letting others see or write", async () => {
  const policies = await policiesOf(omniops, tables);
  expect(policies).toHaveLength(21);
  await expectComplaints(
    omniops,
    policies.flatMap((policy) => policyMutations(policy.table, policy)),
  );
});

test("each index: missing, or INVALID", async () => {
  const indexes = await omniops.query<{ table: string; name: string }>(
    `SELECT tablename AS table, indexname AS name FROM pg_indexes
     WHERE tablename ${onTables} AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname) ORDER BY 1, 2`,
    [tables],
  );
  expect(indexes).toHaveLength(16);
  await expectComplaints(
    omniops,
    indexes.flatMap(({ table, name }) => [
      { change: table, sql: `DROP INDEX ${name}`, complaint: `index ${name} is missing on ${table}` },
      {
        change: table,
        sql: `UPDATE pg_index SET indisvalid = false WHERE indexrelid = '${name}'::regclass`,
        complaint: `index ${name} on ${table} is INVALID: run DROP INDEX CONCURRENTLY public.${name}, then deploy again`,
      },
    ]),
  );
});

test("an index under the right name that does not do its work", async () => {
  const index = (name: string, definition: string) => `DROP INDEX ${name}; CREATE INDEX ${name} ON ${definition}`;
  await expectComplaints(omniops, [
    {
      change: "sentiment_analysis",
      sql: index("idx_sentiment_conversation", "sentiment_analysis (created_at)"),
      complaint:
        'index idx_sentiment_conversation on sentiment_analysis is "USING btree (created_at)", expected "USING btree (conversation_id, created_at)"',
    },
    {
      change: "response_suggestions",
      sql: index("idx_suggestions_content", "response_suggestions (content)"),
      complaint:
        'index idx_suggestions_content on response_suggestions is "USING btree (content)", expected "USING gin (content public.gin_trgm_ops)"',
    },
    {
      change: "conversation_categories",
      sql: index("idx_categories_primary", "conversation_categories (conversation_id) WHERE is_primary"),
      complaint:
        'index idx_categories_primary on conversation_categories is "USING btree (conversation_id) WHERE is_primary", expected "UNIQUE USING btree (conversation_id) WHERE is_primary"',
    },
    {
      change: "conversation_insights",
      sql: index("idx_insights_embedding", "conversation_insights USING hnsw (embedding vector_l2_ops)"),
      complaint:
        'index idx_insights_embedding on conversation_insights is "USING hnsw (embedding public.vector_l2_ops)", expected "USING hnsw (embedding public.vector_cosine_ops)"',
    },
  ]);
});

test("each constraint of the tables: missing, or letting everything through", async () => {
  const constraints = await omniops.query<{ table: string; name: string; type: string; definition: string }>(
    `SELECT relname AS table, conname AS name, contype AS type, pg_get_constraintdef(pg_constraint.oid) AS definition
     FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
     WHERE relname ${onTables} AND contype IN ('p', 'u', 'c') ORDER BY 1, 2`,
    [tables],
  );
  expect(constraints).toHaveLength(48);
  await expectComplaints(
    omniops,
    constraints.flatMap(({ table, name, type, definition }) => {
      const drop = `ALTER TABLE ${table} DROP CONSTRAINT ${name}`;
      const missing = { change: table, sql: `${drop} CASCADE`, complaint: `constraint ${name} is missing on ${table}` };
      if (type !== "c") return [missing];
      const loosened = {
        change: table,
        sql: `${drop}, ADD CONSTRAINT ${name} CHECK (true)`,
        complaint: `constraint ${name} on ${table} is "CHECK (true)", expected "${definition}"`,
      };
      return [missing, loosened];
    }),
  );
});

test("each foreign key: missing, not validated, or one that keeps rows", async () => {
  const keys = await omniops.query<{ table: string; name: string; definition: string }>(
    `SELECT relname AS table, conname AS name, pg_get_constraintdef(pg_constraint.oid) AS definition
     FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
     WHERE relname ${onTables} AND contype = 'f' ORDER BY 1, 2`,
    [tables],
  );
  expect(keys).toHaveLength(12);
  await expectComplaints(
    omniops,
    keys.flatMap(({ table, name, definition }) => {
      const again = (how: string) => `ALTER TABLE ${table} DROP CONSTRAINT ${name}, ADD CONSTRAINT ${name} ${how}`;
      const keeping = definition.replace(" ON DELETE CASCADE", "");
      const missing = `constraint ${name} is missing on ${table}`;
      // The verify scripts' empty search path makes PostgreSQL print the schema. Results are compared by mutation, so a
      // mutation that is tried with two changes ends with a space the second time.
      const qualified = (text: string) => text.replace("REFERENCES ", "REFERENCES public.");
      return [
        { change: "phase4_foreign_keys", sql: `ALTER TABLE ${table} DROP CONSTRAINT ${name}`, complaint: missing },
        { change: validated, sql: `ALTER TABLE ${table} DROP CONSTRAINT ${name} `, complaint: missing },
        { change: "phase4_foreign_keys", sql: again(`${definition} NOT VALID`), complaint: "nothing" },
        {
          change: validated,
          sql: again(`${definition} NOT VALID `),
          complaint: `constraint ${name} on ${table} is not validated: run ALTER TABLE public.${table} VALIDATE CONSTRAINT ${name}`,
        },
        {
          change: "phase4_foreign_keys",
          sql: again(keeping),
          complaint: `constraint ${name} on ${table} is "${qualified(keeping)}", expected "${qualified(definition)}"`,
        },
      ];
    }),
  );
});

test("the trigger of updated_at: missing, or disabled", () =>
  expectComplaints(omniops, [
    {
      change: "escalation_rules_updated_at",
      sql: "DROP TRIGGER escalation_rules_updated_at ON escalation_rules",
      complaint: "trigger escalation_rules_updated_at is missing on escalation_rules",
    },
    {
      change: "escalation_rules_updated_at",
      sql: "ALTER TABLE escalation_rules DISABLE TRIGGER escalation_rules_updated_at",
      complaint: "trigger escalation_rules_updated_at on escalation_rules is not enabled",
    },
    {
      change: "escalation_rules_updated_at",
      sql: "ALTER TABLE escalation_rules ENABLE REPLICA TRIGGER escalation_rules_updated_at",
      complaint: "trigger escalation_rules_updated_at on escalation_rules is not enabled",
    },
    {
      change: "escalation_rules_updated_at",
      sql: "ALTER TABLE escalation_rules ENABLE ALWAYS TRIGGER escalation_rules_updated_at",
      complaint: "nothing",
    },
  ]));

test("each column", async () => {
  const columns = await omniops.query<{ table: string; name: string }>(
    `SELECT relname AS table, attname AS name FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relname ${onTables} AND relkind = 'r' AND attnum > 0 ORDER BY 1, attnum`,
    [tables],
  );
  expect(columns).toHaveLength(73);
  for (const { table, name } of columns) {
    expect(await complaint(omniops, table, `ALTER TABLE ${table} RENAME ${name} TO other`)).toMatch(
      new RegExp(`^columns of ${table} differ: expected "${name} [^"]+"; it has "`),
    );
  }
});

test("each table: what anon, the owners and the services may do", async () => {
  await expectComplaints(
    omniops,
    tables.flatMap((table) => {
      const own = table === "escalation_rules" ? "SELECT, INSERT, UPDATE, DELETE" : "SELECT";
      return [
        {
          change: table,
          sql: `GRANT SELECT ON ${table} TO anon`,
          complaint: `anon may do "SELECT" on ${table}, expected ""`,
        },
        {
          change: table,
          sql: `GRANT TRUNCATE ON ${table} TO authenticated`,
          complaint: `authenticated may do "${own}, TRUNCATE" on ${table}, expected "${own}"`,
        },
        {
          change: table,
          sql: `REVOKE INSERT ON ${table} FROM service_role`,
          complaint: `service_role may do "SELECT, UPDATE, DELETE" on ${table}, expected "SELECT, INSERT, UPDATE, DELETE"`,
        },
        {
          change: table,
          sql: `GRANT UPDATE ON ${table} TO omniops_read_only`,
          complaint: `omniops_read_only may do "SELECT, UPDATE" on ${table}, expected "SELECT"`,
        },
      ];
    }),
  );
});
