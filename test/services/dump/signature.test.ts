/** Signed dumps: what whoever can write to the store may put in a dump's place is found before anything is restored. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { failureOf } from "../failure";
import { DumpBench, type DumpingSystem } from "./bench";

jest.setTimeout(120_000);

const own = { STORE_SIGNING_KEY: "of this stack" };
const theirs = { STORE_SIGNING_KEY: "of somebody else" };
let bench: DumpBench;

beforeAll(async () => (bench = await DumpBench.start()));
afterAll(() => bench?.stop());

/** Stores a dump as a pod with that key does. */
async function stored(system: DumpingSystem, name: string, key: Record<string, string>): Promise<string> {
  const pod = system.another();
  pod.dump(name);
  return pod.with(key, "put", "daily");
}
const manifest = (system: DumpingSystem, name: string) => system.file(`daily/${name}.dump.manifest.json`);
const refusal = (why: string) =>
  `is not of this stack: ${why}. If it was taken before runsheet:backupsSigningKey was set, or with another key, and ` +
  "you trust who could write there, set restore.unsigned to true";

test("a signed dump is restored, and found again", async () => {
  const system = bench.system();
  await stored(system, "own", own);
  expect(await system.fetch("daily/own", own)).toContain("fetched daily/own");
  expect(await system.fetch("daily/own")).toContain("fetched daily/own");
});

test.each<[string, Record<string, string>, string]>([
  ["without a signature", {}, "it has no signature"],
  ["signed by somebody else", theirs, "its signature is wrong"],
])("a dump %s is refused, unless that is accepted", async (_, key, why) => {
  const system = bench.system();
  await stored(system, "other", key);
  expect(await failureOf(system.fetch("daily/other", own))).toContain(refusal(why));
  expect(await system.fetch("daily/other", { ...own, UNSIGNED: "accepted" })).toContain("fetched daily/other");
});

test("a dump under another one's name is refused", async () => {
  const system = bench.system();
  await stored(system, "old", own);
  await stored(system, "new", own);
  for (const end of [".dump", ".dump.manifest.json"])
    copyFileSync(system.file(`daily/old${end}`), system.file(`daily/new${end}`));
  expect(await failureOf(system.fetch("daily/new", own))).toContain(refusal("its signature is wrong"));
});

test("a changed manifest is refused", async () => {
  const system = bench.system();
  await stored(system, "own", own);
  const text = readFileSync(manifest(system, "own"), "utf8");
  writeFileSync(manifest(system, "own"), text.replace("2026-11-27", "2026-11-28"));
  expect(await failureOf(system.fetch("daily/own", own))).toContain(refusal("its signature is wrong"));
});

test.each([null, "é".repeat(64), 1])("a manifest with the signature %p stops no retention", async (signature) => {
  const system = bench.system();
  await stored(system, "own", own);
  const text = JSON.stringify({ ...(JSON.parse(readFileSync(manifest(system, "own"), "utf8")) as object), signature });
  writeFileSync(system.file("daily/planted.dump.manifest.json"), text);
  const output = await system.another().with({ ...own, KEEP_DAYS: '{"daily":30}' }, "retain");
  expect(output).toContain("kept: 2 dumps; deleted: 0");
});

test("another system's dump is refused, signed or not", async () => {
  const system = bench.system();
  const pod = system.another();
  pod.dump("theirs", { system: "mued" });
  await pod.run("put", "daily");
  expect(await failureOf(system.fetch("daily/theirs", { UNSIGNED: "accepted" }))).toContain(
    `is of the system mued, and not of ${system.name}: restore a dump of its own`,
  );
});

test("another database's dump is refused unless accepted; one without a name is taken", async () => {
  const system = bench.system();
  for (const [name, database] of [
    ["own", "prism"],
    ["other", "neondb"],
    ["old", ""],
  ] as const) {
    const pod = system.another();
    pod.dump(name, { database });
    await pod.with(own, "put", "daily");
  }
  const prism = { ...own, DATABASE: "prism" };
  expect(await system.fetch("daily/own", prism)).toContain("fetched daily/own");
  expect(await system.fetch("daily/old", prism)).toContain("fetched daily/old");
  expect(await failureOf(system.fetch("daily/other", prism))).toContain(
    "daily/other.dump.manifest.json is of the database neondb, and not of prism: restore a dump of its own. If the database " +
      "has another name since, and you trust who could write there, set restore.unsigned to true",
  );
  expect(await system.fetch("daily/other", { ...prism, UNSIGNED: "accepted" })).toContain("fetched daily/other");
});

test("a dump that somebody else put in its place stops the next one of that name", async () => {
  const system = bench.system();
  await stored(system, "same", theirs);
  expect(await failureOf(stored(system, "same", own))).toContain(
    "daily/same.dump.manifest.json exists, and is not of this stack: its signature is wrong. A dump is never overwritten. " +
      "Find out who wrote it, move it and its dump away, and run it again",
  );
});
