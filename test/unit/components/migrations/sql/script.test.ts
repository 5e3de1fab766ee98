import { scriptOf } from "../../../../../components/migrations/sql/script";

test.each([
  ["CREATE TABLE a ();\n-- VACUUM; CREATE INDEX CONCURRENTLY\nSELECT 'VACUUM;';\n"],
  ["CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $body$ BEGIN COMMIT; END $body$;"],
  ["REFRESH MATERIALIZED VIEW CONCURRENTLY v;"],
  ["SAVEPOINT a; ROLLBACK TO SAVEPOINT a;"],
  ["DO $$ BEGIN RAISE NOTICE 'COMMIT;'; END $$;"],
  ["CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1\nEND;\nEND;"],
  ["COMMENT ON TYPE e IS 'ALTER TYPE e ADD VALUE ''x''; SELECT ''x''';"],
  ["REINDEX (CONCURRENTLY off) TABLE t;"],
  ["COPY t FROM stdin;\nBEGIN;\tVACUUM\n\\.\nSELECT 1;"],
])("%j runs as it is, in one transaction", (file) =>
  expect(scriptOf(file)).toMatchObject({ text: file, outside: undefined }),
);

test("the file's only transaction gives way, and lines keep their numbers", () =>
  expect(scriptOf("-- first\nBEGIN;\nSELECT 1;\nCOMMIT;\n")).toMatchObject({
    text: "        \n      \nSELECT 1;\n       \n",
    outside: undefined,
  }));

test.each([
  [
    "CREATE INDEX CONCURRENTLY i ON t (a);",
    "it builds or drops an index CONCURRENTLY, which PostgreSQL refuses inside a transaction",
  ],
  ["VACUUM t;", "it runs VACUUM, which PostgreSQL refuses inside a transaction"],
  [
    "REINDEX (CONCURRENTLY) TABLE t;",
    "it builds or drops an index CONCURRENTLY, which PostgreSQL refuses inside a transaction",
  ],
  ["DO 'BEGIN IF true THEN ROLLBACK AND CHAIN; END IF; END';", "it commits inside a block"],
  ["BEGIN; SELECT 1; COMMIT; SELECT 2;", "it has transactions of its own"],
  ["DO $$ BEGIN COMMIT; END $$;", "it commits inside a block"],
  ["ALTER TYPE e ADD VALUE 'x'; INSERT INTO t VALUES ('x');", "it adds a value to a type and uses it"],
])("%j cannot be in one transaction", (file, reason) => expect(scriptOf(file).outside).toBe(reason));

test("a value that is only added to a type can be", () =>
  expect(scriptOf("ALTER TYPE e ADD VALUE IF NOT EXISTS 'x';").outside).toBeUndefined());

test("the file may ask to be in none", () => expect(scriptOf("SELECT 1;", true).outside).toBe("the file asks for it"));

test("its concurrent indexes and the constraints that it validates are known", () =>
  expect(
    scriptOf(
      'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "I x" ON ONLY app.t (a);\nCREATE INDEX CONCURRENTLY ON t (b);\n' +
        'ALTER TABLE t VALIDATE CONSTRAINT "c";\n-- VALIDATE CONSTRAINT d\nDO $$ BEGIN\nALTER TABLE t VALIDATE CONSTRAINT e;\n' +
        "EXECUTE 'ALTER TABLE t VALIDATE CONSTRAINT f';\nEND $$;\nCOPY t FROM stdin;\nit's\n\\.\n",
    ),
  ).toMatchObject({ indexes: ['"I x"'], validated: ['"c"', "e", "f"] }));

test("a concurrent build has the index and its table as SQL writes them", () =>
  expect(scriptOf('CREATE INDEX CONCURRENTLY Idx ON app."T ""x""" (a);').text).toContain(
    `WHERE indrelid = to_regclass('app."T ""x"""') AND c.relname = (parse_ident('idx'))[1]`,
  ));

test.each([
  ["SET lock_timeout = '1s'; VACUUM; SELECT 1;", false],
  ["SELECT set_config('lock_timeout', '1s', false); VACUUM; SELECT 1;", false],
  ["SELECT 'SET lock_timeout = 1'; VACUUM;", true],
])("%j gets a limit for locks: %s", (file, limited) =>
  expect(scriptOf(file).text.includes("SET LOCAL lock_timeout = '5s'")).toBe(limited),
);

// It takes a second; a minute, if lines and hashes are made anew for each statement.
test("a file of 20,000 statements is read at once", () => {
  const start = performance.now();
  scriptOf(`VACUUM;\n${"INSERT INTO t VALUES (1);\n".repeat(20_000)}`);
  expect(performance.now() - start).toBeLessThan(15_000);
});

test.each([
  ["-- nothing\n", "has no statement: delete it, or write one"],
  [
    "SELECT 1;\n\\echo x\n",
    "line 2 has a backslash outside of a string: a command of psql's, which no migration tool knows",
  ],
  ["SELECT 'a;\n", "line 1 begins a string with ' that does not end"],
  ["SELECT 1;\nDO $a$ BEGIN;\n", "line 2 begins a string with $a$ that does not end"],
  ["/* /* */ SELECT 1;", "line 1 begins a comment that does not end"],
  ["SELECT 1;\nSELCT 2;", `line 2 is no SQL that PostgreSQL's parser takes: syntax error at or near "SELCT"`],
  ["SELECT (1", "line 1 is no SQL that PostgreSQL's parser takes: syntax error at end of input"],
  ["SELECT :'a';", `line 1 is no SQL that PostgreSQL's parser takes: syntax error at or near ":"`],
  [
    "BEGIN;\nCREATE INDEX CONCURRENTLY i ON t (a);\nCOMMIT;",
    "line 2 builds or drops an index CONCURRENTLY, which PostgreSQL refuses inside a transaction: move it out of BEGIN and COMMIT",
  ],
  ["BEGIN;\nSELECT 1;\n", "begins a transaction that it does not end: add COMMIT;"],
  ["BEGIN; BEGIN; COMMIT;", "line 1 begins a transaction inside of another: end that one first"],
  ["SELECT 1;\nCOMMIT;", "line 2 ends a transaction that the file did not begin: remove it"],
  [
    "BEGIN;\nSELECT 1;\nROLLBACK;",
    "line 3 takes a transaction back or prepares it, so that nothing says what is applied: remove it",
  ],
  [
    "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n",
    "is in the format of dbmate, with both directions in one file: set migrations.command",
  ],
  ["-- +goose Up\nSELECT 1;\n", "is in the format of goose, with both directions in one file: set migrations.command"],
])("%j is refused", (file, message) => expect(() => scriptOf(file)).toThrow(message));
