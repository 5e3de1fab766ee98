/**
 * Verify scripts find every missing or different object. Each object of the deployed schema is removed in turn,
 * according to the system catalogue, in a transaction that the script rolls back.
 */
import { complaint, expectComplaints, policiesOf, policyMutations } from "../mutations";
import { changes, prismSystem, tables } from "./prism";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";

jest.setTimeout(180_000);

/** Change that creates a table. */
const changeOf = (table: string): string => (table === "profile_corrections" ? "user_tax_profiles" : table);

let prism: SystemDatabase;

startSystem(prismSystem, async (created) => {
  prism = created;
  await prism.sqitch("deploy", "--verify");
});

const onTables = "= ANY ($1::text[])";

test.each(changes)("%s: finds no fault in what was deployed", async (change) => {
  expect(await complaint(prism, change, "SELECT")).toBe("nothing");
});

test("a policy that somebody added by hand, which opens the table", async () => {
  await expectComplaints(
    prism,
    tables.map((table) => ({
      change: changeOf(table),
      sql: `CREATE POLICY everybody ON ${table} USING (true)`,
      complaint: `${table} has policies that nobody expected: everybody`,
    })),
  );
});

test("a check that lets more through under the same name", async () => {
  const sql = (table: string, name: string) =>
    `ALTER TABLE ${table} DROP CONSTRAINT ${name}, ADD CONSTRAINT ${name} CHECK (true)`;
  const checks = await prism.query<{ table: string; name: string; definition: string }>(
    `SELECT conrelid::regclass::text AS "table", conname AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE contype = 'c' AND conrelid::regclass::text = ANY ('{${tables.join(",")}}')`,
  );
  expect(checks.length).toBeGreaterThan(20);
  await expectComplaints(
    prism,
    checks.map(({ table, name, definition }) => ({
      change: changeOf(table),
      sql: sql(table, name),
      complaint: `constraint ${name} on ${table} is "CHECK (true)", expected "${definition}"`,
    })),
  );
});

test("each table, and its row security", async () => {
  await expectComplaints(
    prism,
    tables.flatMap((table) => [
      { change: changeOf(table), sql: `DROP TABLE ${table} CASCADE`, complaint: `table ${table} is missing` },
      {
        change: changeOf(table),
        sql: `ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`,
        complaint: `row security is off on ${table}`,
      },
    ]),
  );
});

test("each policy: missing, for other roles, or letting others see or write", async () => {
  const policies = await policiesOf(prism, tables);
  expect(policies).toHaveLength(24);
  await expectComplaints(
    prism,
    policies.flatMap((policy) => policyMutations(changeOf(policy.table), policy)),
  );
});

test("each index: missing, or INVALID", async () => {
  const indexes = await prism.query<{ table: string; name: string }>(
    `SELECT tablename AS table, indexname AS name FROM pg_indexes
     WHERE tablename ${onTables} AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname) ORDER BY 1, 2`,
    [tables],
  );
  expect(indexes).toHaveLength(16);
  await expectComplaints(
    prism,
    indexes.flatMap(({ table, name }) => {
      const change = name === "idx_feedback_training" ? "feedback_training_index" : changeOf(table);
      return [
        { change, sql: `DROP INDEX ${name}`, complaint: `index ${name} is missing on ${table}` },
        {
          change,
          sql: `UPDATE pg_index SET indisvalid = false WHERE indexrelid = '${name}'::regclass`,
          complaint: `index ${name} on ${table} is INVALID: run DROP INDEX CONCURRENTLY public.${name}, then deploy again`,
        },
      ];
    }),
  );
});

test("each constraint", async () => {
  const constraints = await prism.query<{ table: string; name: string }>(
    `SELECT relname AS table, conname AS name FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
     WHERE relname ${onTables} AND contype IN ('p', 'u', 'f', 'c') ORDER BY 1, 2`,
    [tables],
  );
  expect(constraints).toHaveLength(44);
  await expectComplaints(
    prism,
    constraints.map(({ table, name }) => ({
      change: changeOf(table),
      sql: `ALTER TABLE ${table} DROP CONSTRAINT ${name} CASCADE`,
      complaint: `constraint ${name} is missing on ${table}`,
    })),
  );
});

test("each column", async () => {
  const columns = await prism.query<{ table: string; name: string }>(
    `SELECT relname AS table, attname AS name FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relname ${onTables} AND relkind = 'r' AND attnum > 0 ORDER BY 1, attnum`,
    [tables],
  );
  expect(columns).toHaveLength(71);
  for (const { table, name } of columns) {
    expect(await complaint(prism, changeOf(table), `ALTER TABLE ${table} RENAME ${name} TO other`)).toMatch(
      // What is calculated of it differs too.
      new RegExp(`^columns of ${table} differ: (.*, )?expected "${name} [^"]+"[,;] .*it has "`),
    );
  }
});

test("each table: what anon and the services may do", async () => {
  await expectComplaints(
    prism,
    tables.flatMap((table) => [
      {
        change: changeOf(table),
        sql: `GRANT SELECT ON ${table} TO anon`,
        complaint: `anon may do "SELECT" on ${table}, expected ""`,
      },
      {
        change: changeOf(table),
        sql: `REVOKE INSERT ON ${table} FROM service_role`,
        complaint: `service_role may do "SELECT, UPDATE, DELETE" on ${table}, expected "SELECT, INSERT, UPDATE, DELETE"`,
      },
    ]),
  );
});

test("what is there under the right name, but different", async () => {
  await expectComplaints(
    prism,
    [
      {
        change: "ai_feedback",
        sql: "ALTER TABLE ai_feedback ADD extra text",
        complaint: 'columns of ai_feedback differ: it also has "extra text"',
      },
      {
        change: "ai_feedback",
        sql: "DROP INDEX idx_ai_feedback_user; CREATE INDEX idx_ai_feedback_user ON ai_feedback (created_at)",
        complaint:
          'index idx_ai_feedback_user on ai_feedback is "USING btree (created_at)", expected "USING btree (user_id, created_at)"',
      },
      {
        change: "ai_feedback",
        sql: "DROP INDEX idx_ai_feedback_waiting; CREATE INDEX idx_ai_feedback_waiting ON ai_feedback (business_id)",
        complaint:
          'index idx_ai_feedback_waiting on ai_feedback is "USING btree (business_id)", expected "USING btree (business_id) WHERE (NOT used_in_training)"',
      },
      {
        change: "ai_feedback",
        sql: "ALTER TABLE ai_feedback RENAME TO old; CREATE VIEW ai_feedback AS SELECT * FROM old",
        complaint: "table ai_feedback is missing",
      },
      {
        change: "profile_corrections",
        sql: "ALTER TABLE profile_corrections DROP CONSTRAINT profile_corrections_user_id_fkey, ADD CONSTRAINT profile_corrections_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users (id)",
        complaint:
          'constraint profile_corrections_user_id_fkey on profile_corrections is "FOREIGN KEY (user_id) REFERENCES auth.users(id)", expected "FOREIGN KEY (user_id) REFERENCES public.user_tax_profiles(user_id) ON DELETE CASCADE"',
      },
      {
        change: "user_insights",
        sql: "ALTER TABLE user_insights DROP CONSTRAINT user_insights_month_check, ADD CONSTRAINT user_insights_month_check CHECK (month > '2000-01-01') NOT VALID",
        complaint:
          "constraint user_insights_month_check on user_insights is not validated: run ALTER TABLE public.user_insights VALIDATE CONSTRAINT user_insights_month_check",
      },
      {
        change: "user_insights",
        sql: "GRANT UPDATE (title) ON user_insights TO authenticated",
        complaint:
          'authenticated may do "SELECT, UPDATE (title, read_at, acted_at)" on user_insights, expected "SELECT, UPDATE (read_at, acted_at)"',
      },
      {
        change: "ml_models",
        sql: "GRANT UPDATE, TRUNCATE ON ml_models TO prism_read_only",
        complaint: 'prism_read_only may do "SELECT, UPDATE, TRUNCATE" on ml_models, expected "SELECT"',
      },
      {
        change: "user_tax_profiles_updated_at",
        sql: "ALTER TABLE user_tax_profiles DISABLE TRIGGER user_tax_profiles_updated_at",
        complaint: "trigger user_tax_profiles_updated_at on user_tax_profiles is not enabled",
      },
      {
        change: "user_tax_profiles_updated_at",
        sql: "DROP TRIGGER user_tax_profiles_updated_at ON user_tax_profiles",
        complaint: "trigger user_tax_profiles_updated_at is missing on user_tax_profiles",
      },
      {
        change: "user_tax_profiles_updated_at",
        sql: "CREATE OR REPLACE TRIGGER user_tax_profiles_updated_at BEFORE UPDATE OF signals ON user_tax_profiles FOR EACH ROW EXECUTE FUNCTION user_tax_profiles_updated_at()",
        complaint:
          'trigger user_tax_profiles_updated_at on user_tax_profiles is "CREATE TRIGGER user_tax_profiles_updated_at BEFORE UPDATE OF signals ON public.user_tax_profiles FOR EACH ROW EXECUTE FUNCTION public.user_tax_profiles_updated_at()", expected "CREATE TRIGGER user_tax_profiles_updated_at BEFORE UPDATE ON public.user_tax_profiles FOR EACH ROW EXECUTE FUNCTION public.user_tax_profiles_updated_at()"',
      },
      {
        change: "user_tax_profiles_updated_at",
        sql: "CREATE OR REPLACE FUNCTION user_tax_profiles_updated_at() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS 'BEGIN RETURN NEW; END'",
        complaint: "function user_tax_profiles_updated_at() does something else: BEGIN RETURN NEW; END",
      },
    ].map((mutation) => ({ ...mutation, change: changeOf(mutation.change) })),
  );
});
