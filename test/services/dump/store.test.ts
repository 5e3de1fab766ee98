/** Dumps in a real object store: which dumps count, and which are refused for a restore. */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { flipped } from "../../support/damage";
import { failureOf } from "../failure";
import { DumpBench } from "./bench";

jest.setTimeout(120_000);

let bench: DumpBench;
beforeAll(async () => (bench = await DumpBench.start()));
afterEach(() => bench.proxy.set(undefined));
afterAll(() => bench?.stop());

describe("storing", () => {
  test("a dump counts when it has been read back: then its manifest is there", async () => {
    const system = bench.system();
    const content = system.dump("first");
    const sha256 = createHash("sha256").update(content).digest("hex");
    expect(await system.run("put", "before-migration")).toBe(
      `storing ${system.url("before-migration/first")}.dump (0.0 MB)\n` +
        `stored before-migration/first.dump and read it back: 1000 bytes, sha256 ${sha256}\n`,
    );
    expect(system.objects()).toEqual(["before-migration/first.dump", "before-migration/first.dump.manifest.json"]);
    expect(readFileSync(system.file("before-migration/first.dump")).equals(content)).toBe(true);
    expect(JSON.parse(readFileSync(system.file("before-migration/first.dump.manifest.json"), "utf8"))).toEqual({
      dump: "first.dump",
      system: system.name,
      release: "5.0.0",
      change: "ai_feedback",
      taken: "2026-11-27T01:00:00Z",
      lsn: "0/3000028",
      bytes: 1000,
      sha256,
      tables: 3,
    });
    expect(readdirSync(system.dumps)).toEqual(["first.dump.manifest.json"]);
  });

  test("a large one goes in parts, and is the same again", async () => {
    const system = bench.system();
    const content = await system.stored("large", "daily", { bytes: 40 * 1024 ** 2 });
    await system.fetch("daily/large");
    expect(readFileSync(join(system.dumps, "restored.dump")).equals(content)).toBe(true);
  });

  test("one that counts is never overwritten", async () => {
    const system = bench.system();
    const content = await system.stored("first", "before-migration");
    system.dump("first");
    expect(await system.run("put", "before-migration")).toContain(
      "before-migration/first exists and is verified; a dump is never overwritten",
    );
    expect(readFileSync(system.file("before-migration/first.dump")).equals(content)).toBe(true);
  });

  test("one of a deployment is found, if it counts", async () => {
    const system = bench.system();
    for (const name of ["prism-before-5.0.0-aa-1", "prism-before-5.0.0-aa-2", "prism-before-5.0.0-bb-3"])
      await system.stored(name, "before-migration");
    const found = async (deployment: string, proof = "read") => {
      const file = join(system.dumps, "earlier");
      rmSync(file, { force: true });
      await system.with({ PROOF: proof }, "find", deployment);
      return existsSync(file) ? readFileSync(file, "utf8") : undefined;
    };
    const uncounted = (name: string) => rmSync(system.file(`before-migration/${name}.dump.manifest.json`));
    expect(await found("prism-before-5.0.0-aa")).toBe("before-migration/prism-before-5.0.0-aa-1");
    expect(await found("prism-before-5.0.0-a")).toBeUndefined();
    expect(await found("prism-before-5.0.0-aa", "restore")).toBeUndefined();
    uncounted("prism-before-5.0.0-aa-1");
    expect(await found("prism-before-5.0.0-aa")).toBe("before-migration/prism-before-5.0.0-aa-2");
    rmSync(system.file("before-migration/prism-before-5.0.0-aa-2.dump"));
    expect(await found("prism-before-5.0.0-aa")).toBeUndefined();
  });

  test("where none was needed, nothing is stored, and why is said", async () => {
    const system = bench.system();
    writeFileSync(join(system.dumps, "unneeded"), "before-migration/first");
    expect(await system.run("put", "before-migration")).toBe(
      "no dump is needed: no change is due, and before-migration/first has saved this deployment\n",
    );
    expect(system.objects()).toEqual([]);
  });

  test("scheduled ones are monthly, weekly or daily by what is there", async () => {
    const system = bench.system();
    for (const [name, taken] of [
      ["a", "2026-11-01T01:00:00Z"],
      ["b", "2026-11-02T01:00:00Z"],
      ["c", "2026-11-03T01:00:00Z"],
    ] as const)
      await system.stored(name, "scheduled", { taken });
    expect(system.objects().filter((name) => name.endsWith(".dump"))).toEqual([
      "daily/c.dump",
      "monthly/a.dump",
      "weekly/b.dump",
    ]);
  });

  test("the store is asked to encrypt what is written, where the stack says so", async () => {
    const system = bench.system();
    system.dump("first");
    bench.proxy.set({ to: (_method, _url, headers) => headers["x-amz-server-side-encryption"] === "aws:kms" });
    await system.with({ STORE_ENCRYPTION: "aws:kms" }, "put", "daily");
    // The start of the multipart upload, and the manifest.
    expect(bench.proxy.hits).toBe(2);
  });

  test("what changes on its way is refused by the store, and sent again", async () => {
    const system = bench.system();
    const content = system.dump("first");
    bench.proxy.set({ to: (method, url) => method === "PUT" && url.includes("partNumber"), times: 1, sent: flipped });
    expect(await system.run("put", "daily")).toContain("stored daily/first.dump and read it back");
    expect(bench.proxy.hits).toBe(1);
    expect(readFileSync(system.file("daily/first.dump")).equals(content)).toBe(true);
    bench.proxy.set({ to: (method) => method === "PUT", sent: flipped });
    rmSync(join(system.dumps, "first.dump.manifest.json"));
    system.dump("second");
    expect(await failureOf(system.run("put", "daily"))).toContain("the store answered 400 (BadDigest)");
    expect(system.objects()).toEqual(["daily/first.dump", "daily/first.dump.manifest.json"]);
  });

  test("a dump that changed before it was stored is refused", async () => {
    const system = bench.system();
    system.dump("first");
    writeFileSync(join(system.dumps, "first.dump"), randomBytes(1000));
    expect(await failureOf(system.run("put", "daily"))).toContain(
      "first.dump changed after it was verified: take another dump",
    );
    expect(system.objects()).toEqual([]);
  });
});

describe("a dump that is damaged in the store is refused", () => {
  const refused = async (damage: (file: string) => void) => {
    const system = bench.system();
    await system.stored("first", "daily");
    damage(system.file("daily/first.dump"));
    const output = await failureOf(system.fetch("daily/first"));
    expect(existsSync(join(system.dumps, "restored.dump"))).toBe(false);
    return output.slice(output.indexOf("daily/first"));
  };

  test("truncated", async () =>
    expect(await refused((file) => truncateSync(file, 600))).toContain(
      "first.dump is damaged: it has 600 bytes instead of 1000. Restore another dump",
    ));

  test("empty", async () =>
    expect(await refused((file) => truncateSync(file, 0))).toContain(
      "first.dump is damaged: it has 0 bytes instead of 1000. Restore another dump",
    ));

  test("with one bit flipped", async () =>
    expect(await refused((file) => writeFileSync(file, flipped(readFileSync(file))))).toContain(
      "first.dump is damaged: its sha256 differs from the manifest's. Restore another dump",
    ));

  test("gone", async () =>
    expect(await refused((file) => rmSync(file))).toContain(
      "first.dump is missing, though its manifest exists: restore another dump",
    ));

  test("without its manifest it is none, and those that are there are named", async () => {
    const system = bench.system();
    await system.stored("first", "daily");
    await system.stored("second", "daily");
    rmSync(system.file("daily/second.dump.manifest.json"));
    expect(await failureOf(system.fetch("daily/second"))).toContain(
      "unknown dump daily/second; dumps of that tier: daily/first",
    );
  });

  test("with a manifest that is none", async () => {
    const system = bench.system();
    await system.stored("first", "daily");
    writeFileSync(system.file("daily/first.dump.manifest.json"), "{}");
    expect(await failureOf(system.fetch("daily/first"))).toContain(
      "daily/first.dump.manifest.json is not a dump's manifest: it lacks a valid time, size or checksum",
    );
  });
});
