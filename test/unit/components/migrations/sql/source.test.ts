import { randomBytes } from "node:crypto";
import { changesUpTo, sqlSource } from "../../../../../components/migrations";
import type { SqlSourceArgs } from "../../../../../components/migrations/sql";
import { inDirectory } from "./directory";

const source = (files: Readonly<Record<string, string>>, args: Omit<SqlSourceArgs, "directory"> = {}) =>
  inDirectory(files, (directory) => sqlSource({ directory, ...args }));

test("a change's task has a name that Kubernetes takes, and its own", () => {
  const long = `3_${"a".repeat(60)}`;
  const { changes } = source({
    "1_Add Users.sql": "SELECT 1;",
    "2_größe.sql": "SELECT 1;",
    [`${long}.sql`]: "SELECT 1;",
  });
  expect(changes.map(({ name }) => name)).toEqual(["1_Add Users", "2_größe", long]);
  expect(changes.map(({ id }) => id)).toEqual([
    "1-add-users",
    "2-gr-e",
    expect.stringMatching(/^3-a{23}-[0-9a-f]{6}$/),
  ]);
});

test("a change's hash is that of its file, its undo file and its verify script", () => {
  const file = { "V1__a.sql": "SELECT 1;" };
  const hashes = [file, { ...file, "U1__a.sql": "SELECT 2;" }, { ...file, "../verify/V1__a.sql": "SELECT 3;" }].map(
    (files) => source(files).changes[0]!,
  );
  expect(new Set(hashes.map(({ hash }) => hash)).size).toBe(3);
  expect(new Set(hashes.map(({ deployHash }) => deployHash)).size).toBe(1);
});

test("a verify script cannot end the transaction that it runs in", () => {
  const verify = "START TRANSACTION READ ONLY;\nSAVEPOINT a;\nSELECT 1;\nROLLBACK TO a;\nEND;\nCOMMIT WORK;\nABORT;\n";
  const { files } = source({ "1_a.sql": "SELECT 1;", "../verify/1_a.sql": verify });
  expect(files["verify.1-a.sql"]!.replaceAll(/ +$/gm, "")).toBe("\nSAVEPOINT a;\nSELECT 1;\nROLLBACK TO a;\n\n\n\n");
});

test("a target is a change, and an unknown one names those that there are", () => {
  const of = source({ "1_a.sql": "SELECT 1;", "2_b.sql": "SELECT 1;" });
  expect(changesUpTo({ source: of, target: "1_a" })).toHaveLength(1);
  expect(() => changesUpTo({ source: of, target: "3" })).toThrow(
    'schema.target is "3": unknown change; changes: 1_a, 2_b, none',
  );
});

test("the files of changes that were applied before are left out", () => {
  const files = { "1_a.sql": "SELECT 1;", "2_b.sql": "SELECT 1;" };
  const of = source(files, { takenOver: "1_a" });
  expect(of.takenOver).toBe(1);
  expect(Object.keys(of.files).filter((name) => /^change\..+\.sql$/.test(name))).toEqual(["change.2-b.sql"]);
  expect(() => source(files, { takenOver: "0_x" })).toThrow('takenOver is "0_x": unknown change; changes: 1_a, 2_b');
});

test("a file that is taken over may be old SQL; another is refused with the way out", () => {
  const files = { "1_a.sql": "SELECT 1;\nCREATE TABLE t (a int) WITH OIDS;", "2_b.sql": "SELECT 1;" };
  expect(source(files, { takenOver: "1_a" }).changes.map(({ name }) => name)).toEqual(["1_a", "2_b"]);
  const refused =
    /\/1_a\.sql line 2 is no SQL that PostgreSQL's parser takes: syntax error at or near "OIDS"\. If it was applied before Runsheet took over, set migrations\.takenOver to it or a later change; if the tool alone can apply it, migrations\.command$/;
  expect(() => source(files)).toThrow(refused);
  expect(() => source({ "0_z.sql": "SELECT 1;", ...files }, { takenOver: "0_z" })).toThrow(refused);
});

test("more than a pod takes is refused with the way out", () =>
  expect(() => source({ "1_a.sql": `SELECT '${randomBytes(1_000_000).toString("base64")}';` })).toThrow(
    /^the files have 1[34]\d\d kB \(compressed 10\d\d kB\), and a pod takes 1000 kB: set migrations\.takenOver/,
  ));

test("what an editor left behind is no migration, also by its name", () => {
  const files = { "1_a.sql": "SELECT 1;" };
  const left = { "1_a.sql~": "x", "._1_a.sql": "x", "#1_a.sql#": "x", "1_a.sql.orig": "x", ".1_a.sql.swp": "x" };
  expect(source({ ...files, ...left }).files).toEqual(source(files).files);
});

test("what cannot be in a transaction keeps the changes from being one", () => {
  const of = source({ "1_a.sql": "SELECT 1;", "2_b.sql": "VACUUM;" });
  expect(of.obstacleToOneTransaction(of.changes.slice(0, 1))).toBeUndefined();
  expect(of.obstacleToOneTransaction(of.changes)).toBe(
    "2_b runs statement by statement: it runs VACUUM, which PostgreSQL refuses inside a transaction",
  );
});

test.each([
  [
    { "1_a'b.sql": "SELECT 1;" },
    "DIR/1_a'b.sql has a name that is not taken here: leave out quotation marks, \\, | and control characters",
  ],
  [
    { "V1__a.sql": "SELECT 1;", "U1__a.sql": "VACUUM;" },
    "DIR/U1__a.sql cannot run in a transaction: it runs VACUUM, which PostgreSQL refuses inside a transaction. Change it",
  ],
  [{ "1_a.sql": "SELECT '" }, "DIR/1_a.sql line 1 begins a string with ' that does not end"],
])("%j is refused with the file's name", (files, message) =>
  inDirectory(files as Record<string, string>, (directory) =>
    expect(() => sqlSource({ directory })).toThrow(message.replaceAll("DIR", directory)),
  ),
);

test("a directory without a migration of the tool is refused", () =>
  inDirectory({ "V1__a.sql": "SELECT 1;" }, (directory) =>
    expect(() => sqlSource({ directory, tool: "supabase" })).toThrow(
      `${directory} has no migration of supabase: name the directory of the migrations`,
    ),
  ));

test("a file that only Flyway can apply is not read as SQL", () => {
  const of = source({ "V1__a.sql": "CREATE TABLE ${schema}.t ();", "U1__a.sql": "DROP TABLE ${schema}.t;" });
  const [change] = JSON.parse(of.files["changes.json"]!) as [object];
  expect(change).toMatchObject({
    obstacle: "it has the placeholder ${schema}, whose value only Flyway knows",
    outside: false,
    undo: false,
  });
  expect(of.files["ignored.txt"]).toBe("");
});
