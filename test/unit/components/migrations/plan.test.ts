import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changesUpTo, schemaHash, sqitchSource } from "../../../../components/migrations";
import { readPlan } from "../../../../components/migrations/plan";

let project: string;
const write = (path: string, text: string) => writeFileSync(join(project, path), text);

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "runsheet-plan-"));
  for (const kind of ["deploy", "verify", "revert"]) {
    mkdirSync(join(project, kind));
    for (const change of ["one", "two"]) write(`${kind}/${change}.sql`, `-- ${kind} ${change}\nSELECT 1;\n`);
  }
  write(
    "sqitch.plan",
    "%syntax-version=1.0.0\n%project=demo\n\none 2026-01-01T00:00:00Z A <a@b.c> # first\ntwo [one] 2026-01-02T00:00:00Z A <a@b.c> # second\n@v1 2026-01-03T00:00:00Z A <a@b.c> # a tag\n",
  );
});
afterEach(() => rmSync(project, { recursive: true }));

test("the plan lists its changes in order", () =>
  expect(readPlan(project)).toEqual({ project: "demo", changes: ["one", "two"] }));

test("a target is a change of the plan", () => {
  const source = sqitchSource(project);
  const names = (target?: string) => changesUpTo({ source, target }).map(({ name }) => name);
  expect(names("one")).toEqual(["one"]);
  expect(names()).toEqual(["one", "two"]);
  expect(names("none")).toEqual([]);
  expect(() => names("three")).toThrow(`schema.target is "three": unknown change; changes: one, two`);
});

test("the schema's hash is that of the changes up to the target", () => {
  const hash = () => schemaHash({ source: sqitchSource(project), target: "one" });
  const first = hash();
  write("deploy/two.sql", "SELECT 2;\n");
  expect(hash()).toBe(first);
  write("verify/one.sql", "SELECT 2;\n");
  expect(hash()).not.toBe(first);
});

test.each([
  [
    "a missing revert",
    () => rmSync(join(project, "revert/two.sql")),
    'the change "two" has no script PROJECT/revert/two.sql: create it',
  ],
  ["an empty script", () => write("verify/one.sql", " \n"), "PROJECT/verify/one.sql is empty"],
  [
    "a byte order mark",
    () => write("deploy/one.sql", "\uFEFFSELECT 1;"),
    "PROJECT/deploy/one.sql begins with a byte order mark: save it as UTF-8 without one",
  ],
  [
    "Windows line ends",
    () => write("deploy/one.sql", "SELECT 1;\r\n"),
    "PROJECT/deploy/one.sql has Windows line ends: save it with \\n only",
  ],
  [
    "CONCURRENTLY inside BEGIN",
    () => write("deploy/two.sql", "BEGIN;\nCREATE INDEX CONCURRENTLY i ON t (a);\nCOMMIT;\n"),
    "PROJECT/deploy/two.sql line 2 builds or drops an index CONCURRENTLY, which PostgreSQL refuses inside a transaction: " +
      "move it to a change without BEGIN and COMMIT",
  ],
  [
    "VACUUM inside BEGIN",
    () => write("revert/two.sql", "BEGIN;\n-- why\nVACUUM t;\nCOMMIT;\n"),
    "PROJECT/revert/two.sql line 3 runs VACUUM, which PostgreSQL refuses inside a transaction: " +
      "move it to a change without BEGIN and COMMIT",
  ],
  [
    "what is no SQL",
    () => write("verify/two.sql", "-- é\nSELECT 1;\n\\echo it's\nSELECT 2\n  FORM t;\nSELECT 'x'"),
    `PROJECT/verify/two.sql line 5 is no SQL that PostgreSQL's parser takes: syntax error at or near "t"`,
  ],
  [
    "a string without an end",
    () => write("deploy/two.sql", "SELECT 1;\nSELECT 'x;\n"),
    "PROJECT/deploy/two.sql line 2 begins a string with ' that does not end",
  ],
  [
    "a change twice",
    () => write("sqitch.plan", "%project=demo\none a\none b\n"),
    'PROJECT/sqitch.plan lists the change "one" twice',
  ],
  [
    "no project",
    () => write("sqitch.plan", "one a\n"),
    "PROJECT/sqitch.plan names no project: add a line %project=<name>",
  ],
  ["no change", () => write("sqitch.plan", "%project=demo\n"), "PROJECT/sqitch.plan lists no change: add one"],
])("%s is an error before anything is changed", (_, damage, message) => {
  damage();
  expect(() => readPlan(project)).toThrow(message.replaceAll("PROJECT", project));
});

test.each([
  ["in a comment", "-- not CONCURRENTLY\nBEGIN;\nSELECT 1;\nCOMMIT;\n"],
  ["in a comment of several lines", "/* CREATE INDEX\nCONCURRENTLY i */ BEGIN;\nSELECT 1;\nCOMMIT;\n"],
  ["in a string", "BEGIN;\nCOMMENT ON TABLE t IS 'REINDEX TABLE CONCURRENTLY t';\nCOMMIT;\n"],
  ["in a name", 'BEGIN;\nALTER TABLE "DROP INDEX CONCURRENTLY i" ADD COLUMN a text;\nCOMMIT;\n'],
  ["in a block", "BEGIN;\nDO $$ BEGIN RAISE NOTICE 'CREATE INDEX CONCURRENTLY'; END $$;\nCOMMIT;\n"],
  ["after COMMIT", "BEGIN;\nSELECT 1;\nCOMMIT;\nCREATE INDEX CONCURRENTLY i ON t (a);\n"],
  ["before BEGIN", "DROP INDEX CONCURRENTLY i;\nBEGIN;\nSELECT 1;\nEND;\n"],
  ["after COMMIT, where psql makes it", "BEGIN;\nCOMMIT;\nSELECT 'DROP INDEX CONCURRENTLY i' \\gexec\n"],
  ["of a refresh, which a transaction takes", "BEGIN;\nREFRESH MATERIALIZED VIEW CONCURRENTLY v;\nCOMMIT;\n"],
])("the word CONCURRENTLY %s is no matter", (_, script) => {
  write("deploy/two.sql", script);
  expect(readPlan(project).changes).toEqual(["one", "two"]);
});
