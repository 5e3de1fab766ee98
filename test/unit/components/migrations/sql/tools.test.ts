import { detectTool, tools } from "../../../../../components/migrations/sql/detect";
import { inDirectory } from "./directory";

const named = (paths: readonly string[], text = "SELECT 1;\n") =>
  Object.fromEntries(paths.map((path) => [path, path.endsWith(".json") ? '{"entries":[]}' : text]));
const names = (tool: keyof typeof tools, files: Readonly<Record<string, string>>) =>
  inDirectory(files, (path) => tools[tool].read(path).files.map(({ name }) => name));

test.each([
  ["supabase", ["20240101000000_users.sql", "20240102000000_names.sql"]],
  ["flyway", ["V1__users.sql", "R__views.sql", "README.sql"]],
  ["flyway", ["sub/V3_008__learning.sql"]],
  ["drizzle", ["0000_first.sql", "meta/_journal.json"]],
  ["prisma", ["20240101000000_init/migration.sql", "migration_lock.toml"]],
  ["numbers", ["001_users.sql", "2-names.sql", "3.sql"]],
])("a directory of %s is known by its files: %j", (tool, paths) =>
  expect(inDirectory(named(paths), detectTool)).toBe(tool),
);

test.each([
  [[], "DIR has no file of SQL: name the directory of the migrations"],
  [
    ["schema.sql", "data.sql"],
    "DIR has data.sql, schema.sql, which no known tool would call so: set migrations.tool to one of supabase, flyway, drizzle, prisma, numbers",
  ],
  [
    ["V1__users.sql", "001_users.sql"],
    "DIR has 001_users.sql (as of numbers) and V1__users.sql (as of flyway): set migrations.tool to one of supabase, flyway, drizzle, prisma, numbers, or move the others away",
  ],
  [
    ["20240101000000_a/migration.sql", "20240101000000_a/snapshot.json"],
    "DIR/20240101000000_a is a migration of Drizzle 1.0, whose table is not known here: set migrations.command",
  ],
])("%j belongs to no tool, and the error names the files", (paths, message) =>
  inDirectory(named(paths), (path) => expect(() => detectTool(path)).toThrow(message.replaceAll("DIR", path))),
);

test("a directory that is not there is an error", () =>
  expect(() => detectTool("/nowhere")).toThrow("there is no directory /nowhere: name the one of the migrations"));

describe("Flyway", () => {
  test("versions are numbers, and repeatables come last, by their descriptions", () =>
    expect(
      names(
        "flyway",
        named([
          "V10__ten.sql",
          "V2.sql",
          "V1_10__b.sql",
          "V1.9__a.sql",
          "V01__z.sql",
          "R__b.sql",
          "R__A_a.sql",
          "sub/V1.10.1__c.sql",
        ]),
      ),
    ).toEqual(["V01__z", "V1.9__a", "V1_10__b", "V1.10.1__c", "V2", "V10__ten", "R__A_a", "R__b"]));

  test("what Flyway ignores is ignored, and listed", () =>
    inDirectory(
      named(["V1__a.sql", "V1_a.sql", "v3__x.sql", "V1-2__x.sql", "R1__x.sql", "U9__none.sql", ".git/V2__x.sql"]),
      (path) =>
        expect(tools.flyway.read(path).ignored).toEqual([
          "R1__x.sql",
          "U9__none.sql",
          "V1-2__x.sql",
          "V1_a.sql",
          "v3__x.sql",
        ]),
    ));

  // Written by Flyway 11.20.3 into its table.
  test.each([
    ["CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n", -279898995],
    ["CREATE TABLE a (id int);\r\nINSERT INTO a VALUES (1);\r\n", -279898995],
    ["CREATE TABLE a (id int);\rINSERT INTO a VALUES (1);\r", -279898995],
    ["\uFEFFCREATE TABLE a (id int);\nINSERT INTO a VALUES (1);", -279898995],
    ["CREATE TABLE a (id int); \nINSERT INTO a VALUES (1); \n", -874028221],
    ["-- Größe: ñ 日本 😀\nSELECT 'é';\n", -1853309853],
    ["SELECT 1;\u2028SELECT 2;\n\x0cSELECT\x0b3;\u0085\n", -1205572828],
    ["select 1;", -690524359],
  ])("the checksum of %j is Flyway's", (text, checksum) =>
    inDirectory({ "V1__a.sql": text }, (path) =>
      expect(tools.flyway.read(path).files[0]!.checksums).toEqual([String(checksum)]),
    ),
  );

  test("an undo file belongs to its version, and settings to their file", () =>
    inDirectory(
      { ...named(["V1_0__a.sql", "U1__a.sql"]), "V1_0__a.sql.conf": "# alone\nexecuteInTransaction=false\n" },
      (path) => expect(tools.flyway.read(path).files).toMatchObject([{ alone: true, undo: { path: "U1__a.sql" } }]),
    ));

  test.each([
    [named(["V1__a.sql", "V1_0__b.sql"]), "DIR/V1_0__b.sql and DIR/V1__a.sql have the same version or description"],
    [
      named(["V1__a.sql", "beforeMigrate.sql"]),
      "DIR/beforeMigrate.sql is a callback, which is not run here: set migrations.command",
    ],
    [
      { ...named(["V1__a.sql"]), "V1__a.sql.conf": "shouldExecute=false" },
      'DIR/V1__a.sql.conf has "shouldExecute=false": only executeInTransaction is known here',
    ],
    [
      { "V1__a.sql": Buffer.from([0x53, 0xe9]) },
      "DIR/V1__a.sql is not UTF-8: byte 0xE9 at position 1, in line 1. Save it as UTF-8",
    ],
  ])("%j is refused", (files, message) =>
    inDirectory(files as Record<string, string>, (path) =>
      expect(() => tools.flyway.read(path)).toThrow(message.replaceAll("DIR", path)),
    ),
  );
});

describe("Supabase", () => {
  test("the order is that of the versions as text; an old first file is left out", () =>
    expect(names("supabase", named(["20211208000000_init.sql", "9_b.sql", "30_a.sql", "x.sql"]))).toEqual([
      "30_a",
      "9_b",
    ]));

  // Split by the CLI 3.1.0.
  test.each([
    [
      "create table a(id int);\n\n-- c1\ninsert into a values (1);;\nselect 'x;y';",
      ["create table a(id int)", "-- c1\ninsert into a values (1)", "select 'x;y'"],
    ],
    [
      "-- a; b\nselect 1; /* x; /* nested; */ y */ select 2;",
      ["-- a; b\nselect 1", "/* x; /* nested; */ y */ select 2"],
    ],
    ["select 1;\n-- the end\n", ["select 1", "-- the end"]],
    [
      "create function g() returns int begin atomic select 1; select 2; end;\nselect 3;",
      ["create function g() returns int begin atomic select 1; select 2; end", "select 3"],
    ],
    ["select 1;\r\nselect 2;\r\n", ["select 1", "select 2"]],
    ["select \"a;b\", E'it\\';s', 'it''s;';", ["select \"a;b\", E'it\\';s', 'it''s;'"]],
    [
      "create rule r as on insert to a do also (select 1; select 2);",
      ["create rule r as on insert to a do also (select 1; select 2)"],
    ],
  ])("%j is recorded as the CLI splits it", (text, statements) =>
    inDirectory({ "1_a.sql": text }, (path) =>
      expect(tools.supabase.read(path).files[0]!.row.statements).toEqual(statements),
    ),
  );

  test("a byte order mark is refused, which the server would not take", () =>
    inDirectory({ "1_a.sql": "\uFEFFSELECT 1;" }, (path) =>
      expect(() => tools.supabase.read(path)).toThrow(
        `${path}/1_a.sql begins with a byte order mark: save it as UTF-8 without one`,
      ),
    ));
});

describe("Drizzle", () => {
  // Written by drizzle-orm 0.45.4 into its table.
  test.each([
    [
      'CREATE TABLE "a" ("id" int);\n--> statement-breakpoint\nINSERT INTO a VALUES (1);',
      "bfae6dcc9a4a3f9d809482f00accdcdfa069e9ba4aa8b3c81c21a0be41ff4de8",
    ],
    ["ALTER TABLE a ADD b int;\r\n", "51e0b69c37cf607a915400a432ea9e085b70bbc2c4220a64e2fe5fc74e9149a3"],
  ])("the hash of %j is Drizzle's", (text, hash) =>
    inDirectory({ "0_a.sql": text, "meta/_journal.json": '{"entries":[{"tag":"0_a","when":1}]}' }, (path) =>
      expect(tools.drizzle.read(path).files[0]!.checksums[0]).toBe(hash),
    ),
  );

  test("the journal says which files there are, and in which order", () => {
    const journal = {
      entries: [
        { tag: "1_b", when: 1 },
        { tag: "0_a", when: 2 },
      ],
    };
    const files = { ...named(["0_a.sql", "1_b.sql", "2_c.sql"]), "meta/_journal.json": JSON.stringify(journal) };
    expect(names("drizzle", files)).toEqual(["1_b", "0_a"]);
    inDirectory(files, (path) => expect(tools.drizzle.read(path).ignored).toEqual(["2_c.sql"]));
  });

  test.each([
    ['{"entries":[{"tag":"0_gone","when":1}]}', "DIR/0_gone.sql does not exist: restore it"],
    ["{}", "DIR/meta/_journal.json is not Drizzle's journal: make it again with drizzle-kit"],
  ])("the journal %s is refused", (journal, message) =>
    inDirectory({ "meta/_journal.json": journal }, (path) =>
      expect(() => tools.drizzle.read(path)).toThrow(message.replaceAll("DIR", path)),
    ),
  );
});

describe("Prisma", () => {
  test("the checksum is the script's, and other line ends are the same", () =>
    inDirectory({ "1_a/migration.sql": "CREATE TABLE a(id int);\r\nINSERT INTO a VALUES (1);\r\n" }, (path) => {
      const [own, lines] = tools.prisma.read(path).files[0]!.checksums;
      expect(own).toBe("3552acfe2cb8b5aeca7af1a62f5fd63ff363648196ac3bf4e71eb6c179144d96");
      expect(lines).not.toBe(own);
    }));

  test("every folder is a migration", () =>
    inDirectory({ "1_a/migration.sql": "SELECT 1;", "2_b/notes.txt": "" }, (path) =>
      expect(() => tools.prisma.read(path)).toThrow(
        `${path}/2_b has no migration.sql: restore it, or delete the folder`,
      ),
    ));
});

describe("Numbers", () => {
  test("the order is that of the numbers", () =>
    expect(names("numbers", named(["10_c.sql", "9-b.sql", "001.sql", "README.md"]))).toEqual(["001", "9-b", "10_c"]));

  test.each([
    [["1_a.sql", "01_b.sql"], "DIR/01_b.sql and DIR/1_a.sql have the same number"],
    [["1_a.sql", "seed.sql"], "DIR/seed.sql has no number at its beginning: rename it, or move it away"],
    [
      ["1_a.up.sql", "1_a.down.sql"],
      "DIR/1_a.down.sql belongs to a tool that has a file for each direction: set migrations.command",
    ],
  ])("%j is refused", (paths, message) =>
    inDirectory(named(paths), (path) =>
      expect(() => tools.numbers.read(path)).toThrow(message.replaceAll("DIR", path)),
    ),
  );
});
