/**
 * "Option A: Single transaction (recommended)": the script of the migration tasks with all changes in one transaction.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { run } from "../../../lab/command";
import { failureOf } from "../failure";
import type { ThrowAwayPostgres } from "../postgres";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { addDialogue, baseVersion, changes, checksums, muedSystem, ragTables } from "./mued";

jest.setTimeout(120_000);

const script = resolve(__dirname, "../../../components/migrations/in-pod/migrate.sh");
const [core, indexes, unvalidated, keys] = changes as [string, string, string, string];
let postgres: ThrowAwayPostgres;
let empty: SystemDatabase;
let deployed: SystemDatabase;

startSystem(muedSystem, async (created) => {
  ({ postgres } = created);
  empty = created;
  deployed = await empty.clone("deployed");
  await together(deployed, keys);
});

const together = (mued: SystemDatabase, target: string) =>
  run("sh", [script, "deploy-together", "mued", target], {
    env: { ...postgres.environment(mued.owner), RUNSHEET_PROJECT: mued.project },
  });

/** Replaces text in a script of the test's copy of the project. */
async function edit(mued: SystemDatabase, path: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(mued.project, path), "utf8");
  if (!text.includes(from)) throw new Error(`${path} does not contain "${from}"`);
  await writeFile(join(mued.project, path), text.replace(from, to));
}

test("all changes are deployed, verified and recorded, from unchanged scripts", async () => {
  const mued = await empty.clone("at_once");
  const output = await together(mued, keys);
  expect([...output.matchAll(/^ {2}\+ (\S+)/gm)].map((match) => match[1])).toEqual([...changes, ...changes]);
  expect(await mued.deployed()).toEqual(changes);
  expect(await mued.existingTables()).toEqual([...ragTables, "rag_orphans"]);
  expect(await mued.sqitch("verify")).toContain("Verify successful");
  expect(await mued.sqitch("check")).toContain("Check successful");
  expect(await readFile(join(mued.project, "deploy", `${core}.sql`), "utf8")).toContain("\nBEGIN;\n");
  const transactions = await mued.query("SELECT DISTINCT xmin::text FROM pg_class WHERE relname = ANY ($1::text[])", [
    [...ragTables.slice(1), "idx_plugin_enabled_healthy", "rag_orphans"],
  ]);
  expect(transactions).toHaveLength(1);
});

test("what is there is verified again, and nothing else", async () => {
  const before = await checksums(deployed);
  expect(await together(deployed, keys)).toBe(changes.map((change) => `${change} is applied already\n`).join(""));
  expect(await checksums(deployed)).toEqual(before);
});

test("what somebody took away by hand is an error that names it", async () => {
  const mued = await deployed.clone("by_hand");
  await mued.query("DROP INDEX idx_provenance_expiring");
  const output = await failureOf(together(mued, keys));
  expect(output).toContain("index idx_provenance_expiring is missing on provenance");
  expect(output).toContain(`the change ${indexes} is recorded as applied, and its verification fails`);
});

test("up to a target, then the rest", async () => {
  const mued = await empty.clone("in_parts");
  await together(mued, core);
  expect(await mued.deployed()).toEqual([core]);
  const dialogue = await addDialogue(mued);
  expect(await together(mued, keys)).toContain(
    `${core} is applied already\n  + ${indexes}\n  + ${unvalidated}\n  + ${keys}\n`,
  );
  expect(await mued.deployed()).toEqual(changes);
  expect(await mued.query("SELECT id FROM ai_dialogue_log")).toEqual([{ id: dialogue }]);
});

test("an error in a later change leaves nothing of earlier ones, and names its line", async () => {
  const mued = await empty.clone("sql_error");
  await mued.query(baseVersion);
  const before = await checksums(mued);
  await edit(mued, `deploy/${indexes}.sql`, "\nCOMMIT;", "SELECT wrong FROM public.provenance;\nCOMMIT;");
  const lines = (await readFile(join(mued.project, "deploy", `${indexes}.sql`), "utf8")).split("\n");
  const line = lines.findIndex((text) => text.startsWith("SELECT wrong")) + 1;

  const output = await failureOf(together(mued, keys));
  expect(output).toContain(`psql:deploy/${indexes}.sql:${line}: ERROR:  column "wrong" does not exist`);
  expect(output).toContain("the changes are deployed in one transaction, which failed: nothing of it was applied.");
  expect(await checksums(mued)).toEqual(before);
  expect(await mued.query("SELECT to_regclass('sqitch.changes') AS registry")).toEqual([{ registry: null }]);

  await edit(mued, `deploy/${indexes}.sql`, "SELECT wrong FROM public.provenance;\n", "");
  await together(mued, keys);
  expect(await mued.deployed()).toEqual(changes);
});

test("a verification that fails leaves nothing either", async () => {
  const mued = await empty.clone("verify_fails");
  await edit(mued, `deploy/${indexes}.sql`, "'UNIQUE INDEX'", "'INDEX'");
  expect(await failureOf(together(mued, keys))).toContain(`psql:verify/${indexes}.sql:`);
  expect(await mued.existingTables()).toEqual([]);
});

test("killed between the commit and the record, the next run makes it good", async () => {
  const mued = await empty.clone("killed");
  for (const change of changes) {
    await postgres.psql(mued.owner, ["--file", join(mued.project, "deploy", `${change}.sql`)]);
  }
  const dialogue = await addDialogue(mued);
  await together(mued, keys);
  expect(await mued.deployed()).toEqual(changes);
  expect(await mued.query("SELECT id FROM ai_dialogue_log")).toEqual([{ id: dialogue }]);
});

test("two at once: one after the other, and both end well", async () => {
  const mued = await empty.clone("two_at_once");
  await Promise.all([together(mued, keys), together(mued, keys)]);
  expect(await mued.deployed()).toEqual(changes);
});

test("an edited applied change is refused by its name", async () => {
  const mued = await deployed.clone("edited");
  await edit(mued, `deploy/${core}.sql`, "numeric(12, 4)", "numeric(13, 4)");
  expect(await failureOf(together(mued, keys))).toContain(`refused: the change ${core} is applied already`);
});

test("a target that is not in the plan is an error before anything is changed", async () => {
  const mued = await empty.clone("unknown_target");
  expect(await failureOf(together(mued, "0005"))).toContain("the plan has no change 0005");
  expect(await mued.existingTables()).toEqual([]);
});
