import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { changesUpTo, sqitchSource } from "../../../../components/migrations";

const systemProject = (system: string) => resolve(__dirname, "../../../../systems", system, "migrations");

/** Reason why a project's changes up to the target cannot run in one transaction. */
function obstacleOf(project: string, target?: string): string | undefined {
  const source = sqitchSource(project);
  return source.obstacleToOneTransaction(changesUpTo({ source, target }));
}

test("PRISM's changes cannot be one transaction: one builds its index concurrently", () => {
  expect(obstacleOf(systemProject("prism"))).toBe(
    "feedback_training_index builds or drops an index CONCURRENTLY, which PostgreSQL refuses inside a transaction",
  );
  expect(obstacleOf(systemProject("prism"), "user_tax_profiles")).toBeUndefined();
});

test("MUED's can", () => expect(obstacleOf(systemProject("mued"))).toBeUndefined());

test("a target that is no change is an error", () =>
  expect(() => obstacleOf(systemProject("mued"), "0001")).toThrow('schema.target is "0001": unknown change'));

/** Reason why a project with this single change cannot run in one transaction. */
function obstacle(deploy: string, verify = "BEGIN;\nSELECT 1;\nROLLBACK;\n"): string | undefined {
  const project = mkdtempSync(join(tmpdir(), "runsheet-together-"));
  try {
    for (const [kind, text] of Object.entries({ deploy, verify, revert: "SELECT 1;\n" })) {
      mkdirSync(join(project, kind));
      writeFileSync(join(project, kind, "one.sql"), text);
    }
    writeFileSync(join(project, "sqitch.plan"), "%project=demo\none 2026-01-01T00:00:00Z A <a@b.c> # first\n");
    return obstacleOf(project);
  } finally {
    rmSync(project, { recursive: true });
  }
}

test.each([
  ["REINDEX TABLE CONCURRENTLY t;", "builds or drops an index CONCURRENTLY, which PostgreSQL refuses"],
  ["ALTER TABLE t DETACH PARTITION p CONCURRENTLY;", "detaches a partition CONCURRENTLY, which PostgreSQL refuses"],
  ["VACUUM (ANALYZE) t;", "runs VACUUM, which PostgreSQL refuses"],
  ["ALTER SYSTEM SET work_mem = '1GB';", "runs ALTER SYSTEM, which PostgreSQL refuses"],
  ["create  database other;", "runs CREATE DATABASE, which PostgreSQL refuses"],
  ["REINDEX (VERBOSE, CONCURRENTLY) TABLE t;", "builds or drops an index CONCURRENTLY, which PostgreSQL refuses"],
  ["DROP INDEX\n  CONCURRENTLY IF EXISTS i;", "builds or drops an index CONCURRENTLY, which PostgreSQL refuses"],
  [
    "CREATE INDEX /* now */ CONCURRENTLY i ON t (a);",
    "builds or drops an index CONCURRENTLY, which PostgreSQL refuses",
  ],
  ["REINDEX SCHEMA public;", "runs REINDEX SCHEMA, which PostgreSQL refuses"],
  ["CLUSTER;", "runs CLUSTER of all tables, which PostgreSQL refuses"],
  ["DISCARD ALL;", "runs DISCARD ALL, which PostgreSQL refuses"],
  ["ALTER DATABASE d SET TABLESPACE s;", "runs ALTER DATABASE SET TABLESPACE, which PostgreSQL refuses"],
  ["ALTER SUBSCRIPTION s REFRESH PUBLICATION;", "runs ALTER SUBSCRIPTION REFRESH, which PostgreSQL refuses"],
  [
    "ALTER SUBSCRIPTION s SET PUBLICATION p;",
    "runs ALTER SUBSCRIPTION SET PUBLICATION with refresh, which PostgreSQL refuses",
  ],
  [
    "ALTER SUBSCRIPTION s ADD PUBLICATION p WITH (copy_data = false);",
    "runs ALTER SUBSCRIPTION ADD PUBLICATION with refresh, which PostgreSQL refuses",
  ],
  [
    "ALTER SUBSCRIPTION s DROP PUBLICATION p WITH (refresh = true);",
    "runs ALTER SUBSCRIPTION DROP PUBLICATION with refresh, which PostgreSQL refuses",
  ],
  ["ALTER SUBSCRIPTION s SET (failover = true);", "runs ALTER SUBSCRIPTION SET (failover), which PostgreSQL refuses"],
  [
    "ALTER SUBSCRIPTION s SET (two_phase = off);",
    "runs ALTER SUBSCRIPTION SET (two_phase = false), which PostgreSQL refuses",
  ],
  [
    "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p;",
    "runs CREATE SUBSCRIPTION with a slot, which PostgreSQL refuses",
  ],
  ["DROP SUBSCRIPTION s;", "runs DROP SUBSCRIPTION, which PostgreSQL refuses"],
  ["COMMIT PREPARED 'a';", "runs COMMIT PREPARED or ROLLBACK PREPARED, which PostgreSQL refuses"],
  ["BEGIN;\nDO $$ BEGIN COMMIT; END $$;\nCOMMIT;", "commits or rolls back inside a block, which PostgreSQL refuses"],
])("%s", (deploy, message) => expect(obstacle(deploy)).toBe(`one ${message} inside a transaction`));

test.each([
  ["SELECT 1;", "has no transaction of its own between the lines BEGIN; and COMMIT;, so it may not be meant for one"],
  [
    "BEGIN;\nSELECT 1;\nCOMMIT;\nBEGIN;\nSELECT 2;\nCOMMIT;",
    "has 2 transactions, which one around them all would make one",
  ],
  [
    "BEGIN;\nSELECT 1;\nEND;",
    "must begin and end its transaction with the lines BEGIN; and COMMIT;, but has BEGIN;, END;",
  ],
  [
    "BEGIN ISOLATION LEVEL SERIALIZABLE;\nCOMMIT;",
    "must begin and end its transaction with the lines BEGIN; and COMMIT;, but has BEGIN ISOLATION LEVEL SERIALIZABLE;, COMMIT;",
  ],
  [
    "BEGIN; SELECT 1;\nCOMMIT;",
    "must begin and end its transaction with the lines BEGIN; and COMMIT;, but has BEGIN; SELECT 1;, COMMIT;",
  ],
  [
    "BEGIN;\nSELECT 1; COMMIT;\nCOMMIT;",
    "must begin and end its transaction with the lines BEGIN; and COMMIT;, but has BEGIN;, SELECT 1; COMMIT;, COMMIT;",
  ],
  ["BEGIN;\n\\connect other\nCOMMIT;", "connects again, which leaves the transaction"],
  ["BEGIN;\nSELECT 1 AS one \\gset a_ \\connect other\nCOMMIT;", "connects again, which leaves the transaction"],
  [
    "BEGIN;\nCREATE PROCEDURE p() LANGUAGE plpgsql AS $$\nBEGIN\n  COMMIT;\nEND $$;\nCOMMIT;",
    "has the line COMMIT; in a string, a body or rows, where it would be replaced, too: write it otherwise",
  ],
  [
    "/* a */ BEGIN;\nSELECT 1;\nCOMMIT;",
    "must begin and end its transaction with the lines BEGIN; and COMMIT;, but has /* a */ BEGIN;, COMMIT;",
  ],
  [
    "BEGIN;\nSELECT 1;\nCOMMIT",
    "must begin and end its transaction with the lines BEGIN; and COMMIT;, but has BEGIN;, COMMIT",
  ],
  [
    "BEGIN;\nSELECT 1;\nCOMMIT -- c\n;",
    "must begin and end its transaction with the lines BEGIN; and COMMIT;, but has BEGIN;, COMMIT -- c",
  ],
  [
    "BEGIN;\nSELECT 1;\nROLLBACK;",
    "must begin and end its transaction with the lines BEGIN; and COMMIT;, but has BEGIN;, ROLLBACK;",
  ],
  [
    "BEGIN;\nCOPY t FROM stdin;\nCOMMIT;\n\\.\nCOMMIT;",
    "has the line COMMIT; in a string, a body or rows, where it would be replaced, too: write it otherwise",
  ],
])("%j", (deploy, message) => expect(obstacle(deploy)).toBe(`one ${message}`));

test("a verify script is a transaction that is rolled back", () =>
  expect(obstacle("BEGIN;\nCOMMIT;", "SELECT 1;")).toBe(
    "one has a verify script that must begin with the line BEGIN; and end with the line ROLLBACK;, but has neither",
  ));

test("a verify script's ROLLBACK has its semicolon in its line", () =>
  expect(obstacle("BEGIN;\nCOMMIT;", "BEGIN;\nSELECT 1;\nROLLBACK")).toBe(
    "one has a verify script that must begin with the line BEGIN; and end with the line ROLLBACK;, but has BEGIN;, ROLLBACK",
  ));

test.each([
  ["a word in a comment", "-- VACUUM and CREATE INDEX CONCURRENTLY are for later\nBEGIN;\nSELECT 1;\nCOMMIT;"],
  ["END; in a function", "BEGIN;\nDO $body$\nBEGIN\n  BEGIN\n  NULL;\n  END;\nEND;\n$body$;\nCOMMIT;"],
  [
    "END of a CASE at a line's beginning",
    "BEGIN;\nSELECT CASE WHEN a THEN 1\nEND FROM t;\nSELECT CASE WHEN a THEN 1\nEND;\nCOMMIT;",
  ],
  [
    "the body of a function in SQL",
    "BEGIN;\nCREATE FUNCTION f() RETURNS int LANGUAGE sql\nBEGIN ATOMIC\n  SELECT CASE WHEN true THEN 1\n  END;\nEND;\nCOMMIT; -- done",
  ],
  ["CONCURRENTLY in a string", "BEGIN;\nSELECT 'DROP INDEX CONCURRENTLY i; VACUUM';\nCOMMIT;"],
  [
    "COMMIT in a block's string and comment",
    "BEGIN;\nDO $$ BEGIN RAISE NOTICE 'COMMIT;'; -- COMMIT;\nEND $$;\nCOMMIT;",
  ],
  ["ANALYZE, or REINDEX with CONCURRENTLY off", "BEGIN;\nANALYZE t;\nREINDEX (CONCURRENTLY false) TABLE t;\nCOMMIT;"],
  ["CLUSTER of a table", "BEGIN;\nCLUSTER t USING i;\nCOMMIT;"],
  [
    "psql's commands and variables",
    "\\set ON_ERROR_STOP on\nBEGIN;\n\\ir refuse.sql\nSELECT set_config('a.b', :'change', true) \\gset\n\\if :ready\n" +
      'DROP TABLE :"name";\nSELECT a[1:2], :n::int FROM :table WHERE :condition ORDER BY 1;\n\\endif\n' +
      "\\echo it's BEGIN;\nCOMMIT;\n",
  ],
  [
    "a value of psql's that nobody knows",
    "BEGIN;\nCREATE TABLE t (a :type_and_more NOT NULL);\nCREATE :kind x;\nCOMMIT;",
  ],
  [
    "a backslash in an argument of psql's",
    "BEGIN;\n\\set a 'it''s \\'\\\\connect\\' x'\n\\echo \"\\connect\" \\\\ SELECT 1;\n\\! echo \\connect\n\\copy t from '\\connect'\nCOMMIT;",
  ],
  ["psql's semicolon that it does not send at once", "BEGIN;\nSELECT 1\\; SELECT 2;\nCOMMIT;"],
  ["rows of COPY", "BEGIN;\nCOPY t FROM stdin;\nit's\n\\.\n\\copy t from stdin\nit's\n\\.\nCOMMIT;"],
  ["a savepoint", "BEGIN;\nSAVEPOINT a;\nROLLBACK TO SAVEPOINT a;\nCOMMIT;"],
  [
    "a subscription without a slot",
    "BEGIN;\nCREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (create_slot = false);\nCOMMIT;",
  ],
  [
    "a subscription without a connection",
    "BEGIN;\nCREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = off);\nCOMMIT;",
  ],
  [
    "a subscription that is not refreshed",
    "BEGIN;\nALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = 'FALSE');\nALTER SUBSCRIPTION s SET (slot_name = NONE);\nCOMMIT;",
  ],
  [
    "a procedure that rolls back",
    "BEGIN;\nCREATE PROCEDURE p() LANGUAGE plpgsql AS $$\nBEGIN\n  ROLLBACK;\nEND $$;\nCOMMIT;",
  ],
  ["refreshing a view concurrently", "begin;\nREFRESH MATERIALIZED VIEW v;\ncommit;"],
])("%s is no obstacle", (_, deploy) => expect(obstacle(deploy)).toBeUndefined());
