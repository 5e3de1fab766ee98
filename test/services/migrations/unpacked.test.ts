/** Migrations that a pod mounts under the keys of a ConfigMap: in folders, with __ in their names, and compressed. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { contentsOf } from "../../../components/kubernetes/file-keys";
import { sqitchSource, sqlSource, type MigrationSource } from "../../../components/migrations";
import { ThrowAwayPostgres } from "../postgres";
import { runInPod } from "./pod";
import { SqlDatabase } from "./sql-database";

jest.setTimeout(120_000);

let postgres: ThrowAwayPostgres;
beforeAll(async () => (postgres = await ThrowAwayPostgres.start()));
afterAll(() => postgres.stop());

/** Script of 20,000 lines, together more than a ConfigMap takes. */
const rows = `BEGIN;
SET LOCAL lock_timeout = '5s';
CREATE TABLE notes (id int PRIMARY KEY, note text NOT NULL);
${Array.from({ length: 20_000 }, (_, id) => `INSERT INTO notes VALUES (${id}, 'a note of the usual length: ${id}');`).join("\n")}
COMMIT;
`;

/** Runs migrate.sh as a pod does, with a file that is compressed. */
function inPod(database: SqlDatabase, source: MigrationSource, mode: string, change: string): Promise<string> {
  expect(Object.keys(contentsOf(source.files).binaryData ?? {})).toHaveLength(1);
  return runInPod(database, source, mode, change);
}

test("Sqitch deploys, verifies and reverts them", async () => {
  const database = await SqlDatabase.create(postgres, "sqitch_unpacked", {});
  const changes = ["V5__add_notes", "tables/Notes.v2"];
  for (const kind of ["deploy", "verify", "revert"])
    for (const change of changes) {
      const path = join(database.directory, kind, `${change}.sql`);
      mkdirSync(dirname(path), { recursive: true });
      const deploy = change === changes[0] ? rows : "BEGIN;\nALTER TABLE notes ADD COLUMN more text;\nCOMMIT;\n";
      const revert = change === changes[0] ? "DROP TABLE notes;\n" : "ALTER TABLE notes DROP COLUMN more;\n";
      const texts: Readonly<Record<string, string>> = { deploy, revert, verify: "BEGIN;\nSELECT 1;\nROLLBACK;\n" };
      writeFileSync(path, texts[kind]!);
    }
  const stamp = "2026-01-01T00:00:00Z A <a@b.c> # note";
  database.write({
    "sqitch.plan": `%project=team\n\n${changes[0]} ${stamp}\n${changes[1]} [${changes[0]}] ${stamp}\n`,
    "sqitch.conf": "[core]\n\tengine = pg\n",
  });
  const source = sqitchSource(database.directory);
  expect(source.changes.map(({ id }) => id)).toEqual(["v5--add-notes", "tables-notes.v2"]);
  for (const change of changes) expect(await inPod(database, source, "deploy", change)).toContain(`+ ${change} `);
  expect(await database.query("SELECT count(*)::int, count(more)::int AS more FROM notes")).toEqual([
    { count: 20_000, more: 0 },
  ]);
  expect(await inPod(database, source, "deploy", changes[0]!)).toMatch(/^V5__add_notes is applied already\n/);
  expect(await inPod(database, source, "check", "any")).toContain("tables/Notes.v2 is applied already\n");
  await inPod(database, source, "revert", changes[0]!);
  expect(await inPod(database, source, "applied", "any")).toBe("V5__add_notes\n");
});

test("files of SQL are applied", async () => {
  const database = await SqlDatabase.create(postgres, "sql_unpacked", {
    "1_notes.sql": rows.replace(/^(BEGIN|COMMIT);$/gm, ""),
  });
  const source = sqlSource({ directory: database.directory });
  await inPod(database, source, "deploy", "1_notes");
  expect(await database.column("SELECT count(*)::int FROM notes")).toEqual([20_000]);
  expect(await inPod(database, source, "check", "any")).toContain("1_notes is applied already");
});
