import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { changesUpTo, schemaHash, sqitchSource } from "../../../../components/migrations";
import { readPlan } from "../../../../components/migrations/plan";

let project: string;
const write = (path: string, text: string) => writeFileSync(join(project, path), text);

/** Plan with these changes and what they require. */
const planOf = (changes: readonly string[]) =>
  `%project=demo\n${changes.map((each) => `${each} 2026-01-01T00:00:00Z A <a@b.c> # note\n`).join("")}`;

/** Adds the scripts of a change, and makes it the project's only one. */
function only(change: string): void {
  for (const kind of ["deploy", "verify", "revert"]) {
    mkdirSync(dirname(join(project, kind, `${change}.sql`)), { recursive: true });
    write(`${kind}/${change}.sql`, "SELECT 1;\n");
  }
  write("sqitch.plan", planOf([change]));
}

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

test("an author may have a # in the name, and a requirement may be a change's ID", () => {
  const stamp = "2026-01-01T00:00:00Z A #1 <a@b.c> # first";
  write("sqitch.plan", `%project=demo\none ${stamp}\ntwo [${"0a".repeat(20)}] ${stamp}\n`);
  expect(readPlan(project).changes).toEqual(["one", "two"]);
});

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
    "a plan with a byte order mark",
    () => write("sqitch.plan", "\uFEFF%project=demo\n"),
    "PROJECT/sqitch.plan begins with a byte order mark: save it as UTF-8 without one",
  ],
  [
    "a deploy script in Latin-1",
    () => writeFileSync(join(project, "deploy/one.sql"), Buffer.from("SELECT 1;\nSELECT 'Müller';\n", "latin1")),
    "PROJECT/deploy/one.sql is not UTF-8: byte 0xFC at position 19, in line 2. Save it as UTF-8",
  ],
  [
    "a plan in Latin-1",
    () => writeFileSync(join(project, "sqitch.plan"), Buffer.from("%project=demo\n# für alle\n", "latin1")),
    "PROJECT/sqitch.plan is not UTF-8: byte 0xFC at position 17, in line 2. Save it as UTF-8",
  ],
  [
    "a change without an author",
    () => write("sqitch.plan", "%project=demo\none 2026-01-01T00:00:00Z\n"),
    'PROJECT/sqitch.plan lists the change "one" without time and author: add it with sqitch add',
  ],
  [
    "an author in a note",
    () => write("sqitch.plan", "%project=demo\none # 2026-01-01T00:00:00Z A <a@b.c>\n"),
    'PROJECT/sqitch.plan lists the change "one" without time and author: add it with sqitch add',
  ],
  [
    "a change that requires a later one",
    () => write("sqitch.plan", planOf(["one [two]", "two"])),
    'PROJECT/sqitch.plan: the change "one" requires "two", which is not listed before it',
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
    `PROJECT/verify/two.sql line 5 is no SQL that PostgreSQL's parser takes: syntax error at or near "t". If it was applied as it is, by an older PostgreSQL, set migrations.command`,
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

test.each([
  ["a part that a condition chooses", "SELECT\n\\if :x\n 1\n\\else\n 2\n\\endif\n;\nSELECT 3;\n"],
  ["several commands on a line", "SELECT $1 \\bind 5 \\g\nSELECT 1 \\gset a_ \\echo :a_x \\\\ SELECT 2;\n"],
  ["a backslash in a command's string", "\\set a 'x\\ny (' \\echo \"a\\b '\"\nSELECT 1;\n"],
  [
    "a command with the whole line",
    "CREATE TABLE t (a text);\n\\copy t from 'rows.csv' (delimiter E'\\t')\nSELECT 1;\n",
  ],
  ["an apostrophe in a command", "\\echo it's\nSELECT 1;\n"],
  ["a statement that is prepared", "SELECT $1 \\parse one\n\\bind_named one 5 \\g\n"],
])("%s is psql's, and taken", (_, script) => {
  write("deploy/two.sql", script);
  expect(readPlan(project).changes).toEqual(["one", "two"]);
});

// The first statement is not read, and each of the others is.
test("after a statement that psql chooses the next one is read", () => {
  write("deploy/two.sql", "SELECT\n\\if :x\n 1\n\\endif\n;\nSELCT 3;\n");
  expect(() => readPlan(project)).toThrow("line 6 is no SQL that PostgreSQL's parser takes");
  write("deploy/two.sql", "\\if :x\nSELCT 1;\n\\endif\n");
  expect(() => readPlan(project)).toThrow("line 2 is no SQL that PostgreSQL's parser takes");
});

test.each([
  ["0002_add_rag_metrics", "0002-add-rag-metrics"],
  ["AddNotes", "addnotes"],
  ["V5__add_notes", "v5--add-notes"],
  ["v1.2_notes", "v1.2-notes"],
  ["a--b", "a--b"],
  ["_first", "-first"],
  ["tables/notes", "tables-notes"],
  ["notes_", "notes-45e88d"],
  ["v1._notes", "v1-notes-a2260a"],
])("the change %s has the task %s", (name, id) => {
  only(name);
  expect(sqitchSource(project).changes.map((change) => [change.name, change.id])).toEqual([[name, id]]);
});

test("changes whose names differ in what a Job's name lacks have tasks of their own", () => {
  for (const change of ["Notes", "notes", "add/notes", "add_notes"]) only(change);
  write("sqitch.plan", planOf(["Notes", "notes", "add/notes", "add_notes"]));
  expect(sqitchSource(project).changes.map(({ id }) => id)).toEqual([
    "notes",
    expect.stringMatching(/^notes-[0-9a-f]{6}$/),
    "add-notes",
    expect.stringMatching(/^add-notes-[0-9a-f]{6}$/),
  ]);
});

test.each([
  "any",
  "HEAD",
  "über",
  "it's",
  "a*b",
  "$(a)",
  "+",
  "-a",
  "a-",
  "a.-b",
  "tables/1",
  "a/../b",
  "a/.b",
  "a".repeat(201),
])("the name %j is refused", (name) => {
  write("sqitch.plan", planOf([name]));
  expect(() => readPlan(project)).toThrow(
    `${project}/sqitch.plan lists the change "${name}", whose name is not taken here: rename it to letters (A to Z), digits ` +
      "and _, with - and . between them, in folders with /; a change in a folder must not have digits only",
  );
});

test("what an editor left behind changes neither the files nor a hash", () => {
  const before = sqitchSource(project);
  for (const name of ["one.sql~", ".one.sql.swp", "#one.sql#", ".DS_Store", "one.sql.orig", "._one.sql"])
    writeFileSync(join(project, "deploy", name), Buffer.from([0xff, 0x00]));
  symlinkSync("nobody@host.1", join(project, "deploy", ".#one.sql"));
  expect(sqitchSource(project).files).toEqual(before.files);
  expect(sqitchSource(project).changes).toEqual(before.changes);
});

test("scripts that are links are among the files", () => {
  renameSync(join(project, "verify"), join(project, "proofs"));
  symlinkSync("proofs", join(project, "verify"));
  renameSync(join(project, "deploy/one.sql"), join(project, "shared.sql"));
  symlinkSync("../shared.sql", join(project, "deploy/one.sql"));
  const { files } = sqitchSource(project);
  expect(files["project/verify/two.sql"]).toBe("-- verify two\nSELECT 1;\n");
  expect(files["project/deploy/one.sql"]).toBe("-- deploy one\nSELECT 1;\n");
});

test.each([
  ["a transaction", "BEGIN;\nSELECT 1;\nCOMMIT;\n", true],
  ["one that is written otherwise", "\\set n 1\n/* a */ begin work; SELECT 1;\nEND -- done\n;\n\\echo done\n", true],
  ["START TRANSACTION with a savepoint", "START TRANSACTION;\nSAVEPOINT a;\nROLLBACK TO a;\nCOMMIT;", true],
  ["a block that begins", "DO $$\nBEGIN;\nEND $$;\n", false],
  ["no transaction", "SELECT 1;\n", false],
  ["something before it", "SELECT 1;\nBEGIN;\nCOMMIT;\n", false],
  ["something after it", "BEGIN;\nCOMMIT;\nSELECT 1;\n", false],
  ["two transactions", "BEGIN;\nCOMMIT;\nBEGIN;\nCOMMIT;\n", false],
  ["another connection", "BEGIN;\nSELECT 1;\n\\connect other\nCOMMIT;\n", false],
  ["another script", "BEGIN;\n\\ir other.sql\nCOMMIT;\n", false],
  ["statements of a result", "BEGIN;\nSELECT 'COMMIT' \\gexec\nCOMMIT;\n", false],
])("%s: whether a script may be repeated while a table is in use", (_, deploy, isRepeatable) => {
  write("deploy/one.sql", deploy);
  expect(sqitchSource(project).files["project/repeatable.txt"]).toBe(isRepeatable ? "deploy/one.sql\n" : "");
});

test("all scripts of a project that is safe to repeat may be repeated", () =>
  expect(sqitchSource(project, { safeToRepeat: true }).files["project/repeatable.txt"]).toBe(
    "deploy/one.sql\nrevert/one.sql\ndeploy/two.sql\nrevert/two.sql\n",
  ));

test("what no script needs is left out if no pod can mount it", () => {
  write("notes for us.md", "later");
  writeFileSync(join(project, "erd.png"), Buffer.from([0x89, 0x50, 0x4e, 0x47]));
  write("rows.csv", "1\n");
  expect(Object.keys(sqitchSource(project).files).filter((path) => /md$|png$|csv$/.test(path))).toEqual([
    "project/rows.csv",
  ]);
});

test("a file that a script needs and no pod can mount is refused", () => {
  const csv = join(project, "the rows.csv");
  writeFileSync(csv, "1\n");
  write("deploy/one.sql", "CREATE TABLE one (a int);\n\\copy one from 'the rows.csv'\n");
  expect(() => sqitchSource(project)).toThrow(`${csv} has a name that no pod can mount: use letters`);
  renameSync(csv, join(project, "rows.csv"));
  writeFileSync(join(project, "rows.csv"), Buffer.from("Müller", "latin1"));
  write("deploy/one.sql", "CREATE TABLE one (a int);\n\\copy one from 'rows.csv'\n");
  expect(() => sqitchSource(project)).toThrow("rows.csv is not UTF-8: byte 0xFC at position 1, in line 1. Save it");
  rmSync(join(project, "rows.csv"));
  writeFileSync(join(project, "sqitch.conf"), "[core]\n\tengine = pg\0");
  expect(() => sqitchSource(project)).toThrow("sqitch.conf has a NUL byte at position 19, in line 2");
});

test("what is too large even compressed is refused with the way out", () => {
  write("deploy/two.sql", `SELECT '${randomBytes(1_500_000).toString("base64")}';\n`);
  expect(() => sqitchSource(project)).toThrow(
    /^the files have \d+ kB \(compressed \d+ kB\), and a pod takes 1000 kB: load rows in another way than by changes of the schema, or set migrations\.command$/,
  );
});
