/** Script that takes the dump before the migrations, on a real PostgreSQL. */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../lab/command";
import { DumpScripts } from "../dump/scripts";
import { failureOf } from "../failure";
import { prismSystem } from "./prism";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";

jest.setTimeout(120_000);

const scripts = new DumpScripts();
const { dumps } = scripts;
let prism: SystemDatabase;

startSystem(prismSystem, (created) => (prism = created));
afterAll(() => scripts.remove());

/** Takes a dump without the proof by a restore, which proof.test.ts covers. */
const dump = (name: string, more: Readonly<Record<string, string>> = {}) =>
  scripts.take(prism, name, { PROOF: "read", ...more });

test("a dump counts with its checksum and every table of the database", async () => {
  expect(await dump("first")).toMatch(/^verified dump first\.dump: \d+ bytes, sha256 [0-9a-f]{64}\n$/);
  const manifest = JSON.parse(readFileSync(join(dumps, "first.dump.manifest.json"), "utf8")) as { tables: number };
  expect(manifest).toMatchObject({
    ...{ dump: "first.dump", bytes: statSync(join(dumps, "first.dump")).size, tables: 3, proof: "read" },
    roles: ["anon", "authenticated", "prism", "prism_read_only", "service_role"],
  });
  expect(readdirSync(dumps)).toEqual(["first.dump", "first.dump.manifest.json"]);
  expect(readdirSync(dumps).filter((file) => file.endsWith(".partial"))).toEqual([]);
});

test("a dump that is there is never overwritten", async () => {
  const before = readFileSync(join(dumps, "first.dump"));
  expect(await dump("first")).toBe("first.dump is there already, and verified: a dump is never overwritten\n");
  expect(readFileSync(join(dumps, "first.dump")).equals(before)).toBe(true);
});

test("what an interrupted run left is no dump, and goes", async () => {
  const interrupted = join(dumps, "second.dump.partial");
  await run("sh", ["-c", `echo half > ${interrupted}`]);
  expect(await dump("second")).toContain("verified dump second.dump");
  expect(readdirSync(dumps)).not.toContain("second.dump.partial");
});

describe("where a dump has saved the same deployment", () => {
  const changes = (count: number) => ({ CHANGES: prism.system.changes.slice(0, count).join("\n") });
  beforeAll(() => prism.sqitch("deploy", "--to", prism.system.changes[1]!));
  beforeEach(() => writeFileSync(join(dumps, "earlier"), "before-migration/first"));
  afterEach(() => ["earlier", "unneeded"].forEach((file) => rmSync(join(dumps, file), { force: true })));

  test("and no change is due, no other one is taken", async () => {
    expect(await dump("unneeded-one", changes(2))).toBe("");
    expect(readFileSync(join(dumps, "unneeded"), "utf8")).toBe("before-migration/first");
    expect(readdirSync(dumps).filter((file) => file.startsWith("unneeded-one"))).toEqual([]);
  });

  test.each([
    ["a change is to be deployed", 3],
    ["a change is to be taken back", 1],
    ["all are", 0],
  ])("and %s, one is taken", async (_, count) => {
    expect(await dump(`due-${count}`, changes(count))).toContain(`verified dump due-${count}.dump`);
    const manifest = JSON.parse(readFileSync(join(dumps, `due-${count}.dump.manifest.json`), "utf8")) as object;
    expect(manifest).toMatchObject({ change: prism.system.changes[1] });
    expect(readdirSync(dumps)).not.toContain("unneeded");
  });
});

test("a server that is not there is waited for, and then an error that says so", async () => {
  const nowhere = { PGHOST: "127.0.0.1", PGPORT: "1", RUNSHEET_PATIENCE: "2" };
  const began = Date.now();
  const output = await failureOf(dump("never", nowhere));
  expect(Date.now() - began).toBeGreaterThan(1000);
  expect(output).toMatch(/the database cannot be reached: .*Connection refused/);
});

test("a database without a table is refused: it is the wrong one", async () => {
  await prism.postgres.connected(prism.superuser, (client) => client.query("CREATE DATABASE empty"));
  const output = await failureOf(dump("third", { DATABASE: "empty" }));
  expect(output).toContain("the database empty has no table: there is nothing that a dump could save");
  expect(readdirSync(dumps).filter((file) => file.startsWith("third"))).toEqual([]);
});
