/** Dumps in a real object store: what counts there, what is refused, what is deleted, and what a bad day does to them. */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { bundle } from "../../../components/bundle";
import { remover, writer } from "../../../lab/cluster/object-store";
import { run } from "../../../lab/command";
import { FaultyProxy } from "../../support/faulty-proxy";
import { ThrowAwayStore } from "../../support/object-store";
import { failureOf } from "../failure";

jest.setTimeout(120_000);

const directory = mkdtempSync(join(tmpdir(), "runsheet-dumps-"));
const program = join(directory, "store.cjs");
const restore = join(directory, "restore.cjs");
let store: ThrowAwayStore;
let proxy: FaultyProxy;

beforeAll(async () => {
  writeFileSync(program, bundle("components/dump/store.ts"));
  writeFileSync(restore, bundle("components/restore/program.ts"));
  store = await ThrowAwayStore.start();
  proxy = await FaultyProxy.before({ host: "127.0.0.1", port: store.port });
});
afterEach(() => proxy.set(undefined));
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await proxy?.stop();
  await store?.stop();
});

/** With one bit flipped in its middle. */
function flipped(content: Buffer): Buffer {
  content[content.length >> 1]! ^= 1;
  return content;
}

let count = 0;

/** A system of its own in the store, and a directory in which dump.sh has left something. */
class Case {
  readonly folder = `local/system-${++count}/dumps`;
  readonly dumps = mkdtempSync(join(directory, "dumps-"));

  private get environment() {
    return { ...store.environment(this.folder, proxy.port), RUNSHEET_DUMPS: this.dumps };
  }

  /** What dump.sh leaves, with so many bytes. */
  dump(name: string, { bytes = 1000, taken = "2026-11-27T01:00:00Z" } = {}): Buffer {
    const content = randomBytes(bytes);
    const sha256 = createHash("sha256").update(content).digest("hex");
    const about = { system: "prism", release: "5.0.0", change: "ai_feedback", lsn: "0/3000028", tables: 3 };
    const manifest = { dump: `${name}.dump`, ...about, taken, bytes, sha256 };
    writeFileSync(join(this.dumps, `${name}.dump`), content);
    writeFileSync(join(this.dumps, `${name}.dump.manifest.json`), JSON.stringify(manifest));
    return content;
  }

  run(...command: string[]): Promise<string> {
    return this.with({}, ...command);
  }

  /** Brings one back. */
  fetch(name: string): Promise<string> {
    return run("node", [restore, "dump", name], { env: this.environment });
  }

  with(variables: Record<string, string>, ...command: string[]): Promise<string> {
    return run("node", [program, ...command], { env: { ...this.environment, ...variables } });
  }

  /** One that was stored before, and is no longer in the directory. */
  async stored(name: string, tier: string, more: { bytes?: number; taken?: string } = {}): Promise<Buffer> {
    const content = this.dump(name, more);
    await this.run("put", tier);
    rmSync(join(this.dumps, `${name}.dump.manifest.json`));
    return content;
  }

  file = (name: string) => store.file(this.folder, name);
  /** All that is in the store, by name. */
  objects(): string[] {
    if (!existsSync(this.file(""))) return [];
    const entries = readdirSync(this.file(""), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return files.map((path) => relative(this.file(""), path)).sort();
  }
}

const keysOf = ({ access, secret }: typeof writer) => ({
  STORE_ACCESS_KEY_ID: access,
  STORE_SECRET_ACCESS_KEY: secret,
});

const url = (folder: string, name: string) => `http://127.0.0.1:${proxy.port}/runsheet/${folder}/${name}`;

describe("storing", () => {
  test("a dump counts when it has been read back: then its manifest is there", async () => {
    const system = new Case();
    const content = system.dump("first");
    const sha256 = createHash("sha256").update(content).digest("hex");
    expect(await system.run("put", "before-migration")).toBe(
      `storing ${url(system.folder, "before-migration/first")}.dump (0.0 MB)\n` +
        `stored before-migration/first.dump and read it back: 1000 bytes, sha256 ${sha256}\n`,
    );
    expect(system.objects()).toEqual(["before-migration/first.dump", "before-migration/first.dump.manifest.json"]);
    expect(readFileSync(system.file("before-migration/first.dump")).equals(content)).toBe(true);
    expect(JSON.parse(readFileSync(system.file("before-migration/first.dump.manifest.json"), "utf8"))).toEqual({
      dump: "first.dump",
      system: "prism",
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
    const system = new Case();
    const content = await system.stored("large", "daily", { bytes: 40 * 1024 ** 2 });
    await system.fetch("daily/large");
    expect(readFileSync(join(system.dumps, "restored.dump")).equals(content)).toBe(true);
  });

  test("one that counts is never overwritten", async () => {
    const system = new Case();
    const content = await system.stored("first", "before-migration");
    system.dump("first");
    expect(await system.run("put", "before-migration")).toContain(
      "before-migration/first is there already, and verified: a dump is never overwritten",
    );
    expect(readFileSync(system.file("before-migration/first.dump")).equals(content)).toBe(true);
  });

  test("one of a deployment is found, if it counts", async () => {
    const system = new Case();
    for (const name of ["prism-before-5.0.0-aa-1", "prism-before-5.0.0-aa-2", "prism-before-5.0.0-bb-3"])
      await system.stored(name, "before-migration");
    const found = async (deployment: string) => {
      const file = join(system.dumps, "earlier");
      rmSync(file, { force: true });
      await system.run("find", deployment);
      return existsSync(file) ? readFileSync(file, "utf8") : undefined;
    };
    const uncounted = (name: string) => rmSync(system.file(`before-migration/${name}.dump.manifest.json`));
    expect(await found("prism-before-5.0.0-aa")).toBe("before-migration/prism-before-5.0.0-aa-1");
    expect(await found("prism-before-5.0.0-a")).toBeUndefined();
    uncounted("prism-before-5.0.0-aa-1");
    expect(await found("prism-before-5.0.0-aa")).toBe("before-migration/prism-before-5.0.0-aa-2");
    rmSync(system.file("before-migration/prism-before-5.0.0-aa-2.dump"));
    expect(await found("prism-before-5.0.0-aa")).toBeUndefined();
  });

  test("where none was needed, nothing is stored, and why is said", async () => {
    const system = new Case();
    writeFileSync(join(system.dumps, "unneeded"), "before-migration/first");
    expect(await system.run("put", "before-migration")).toBe(
      "no dump is taken: no change is due, and this deployment has before-migration/first\n",
    );
    expect(system.objects()).toEqual([]);
  });

  test("scheduled ones are monthly, weekly or daily by what is there", async () => {
    const system = new Case();
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
    const system = new Case();
    system.dump("first");
    proxy.set({ to: (_method, _url, headers) => headers["x-amz-server-side-encryption"] === "aws:kms" });
    await system.with({ STORE_ENCRYPTION: "aws:kms" }, "put", "daily");
    // The beginning of the upload, and the manifest.
    expect(proxy.hits).toBe(2);
  });

  test("what changes on its way is refused by the store, and sent again", async () => {
    const system = new Case();
    const content = system.dump("first");
    proxy.set({ to: (method, url) => method === "PUT" && url.includes("partNumber"), times: 1, sent: flipped });
    expect(await system.run("put", "daily")).toContain("stored daily/first.dump and read it back");
    expect(proxy.hits).toBe(1);
    expect(readFileSync(system.file("daily/first.dump")).equals(content)).toBe(true);
    proxy.set({ to: (method) => method === "PUT", sent: flipped });
    rmSync(join(system.dumps, "first.dump.manifest.json"));
    system.dump("second");
    expect(await failureOf(system.run("put", "daily"))).toContain("the store answered 400 (BadDigest)");
    expect(system.objects()).toEqual(["daily/first.dump", "daily/first.dump.manifest.json"]);
  });

  test("a dump that changed before it was stored is refused", async () => {
    const system = new Case();
    system.dump("first");
    writeFileSync(join(system.dumps, "first.dump"), randomBytes(1000));
    expect(await failureOf(system.run("put", "daily"))).toContain("first.dump changed after it was made");
    expect(system.objects()).toEqual([]);
  });
});

describe("a dump that is damaged in the store is refused", () => {
  const refused = async (damage: (file: string) => void) => {
    const system = new Case();
    await system.stored("first", "daily");
    damage(system.file("daily/first.dump"));
    const output = await failureOf(system.fetch("daily/first"));
    expect(existsSync(join(system.dumps, "restored.dump"))).toBe(false);
    return output.slice(output.indexOf("daily/first"));
  };

  test("truncated", async () =>
    expect(await refused((file) => truncateSync(file, 600))).toContain(
      "first.dump is damaged: it has 600 bytes instead of the 1000 that were dumped. Nothing is restored from it",
    ));

  test("empty", async () =>
    expect(await refused((file) => truncateSync(file, 0))).toContain(
      "first.dump is damaged: it has 0 bytes instead of the 1000 that were dumped. Nothing is restored from it",
    ));

  test("with one bit flipped", async () =>
    expect(await refused((file) => writeFileSync(file, flipped(readFileSync(file))))).toContain(
      "first.dump is damaged: its bytes are not those that were dumped. Nothing is restored from it",
    ));

  test("gone", async () =>
    expect(await refused((file) => rmSync(file))).toContain(
      "first.dump is not there, though its manifest is: nothing is restored from it",
    ));

  test("without its manifest it is none, and those that are there are named", async () => {
    const system = new Case();
    await system.stored("first", "daily");
    await system.stored("second", "daily");
    rmSync(system.file("daily/second.dump.manifest.json"));
    expect(await failureOf(system.fetch("daily/second"))).toContain(
      "there is no dump daily/second that counts. There are: daily/first",
    );
  });

  test("with a manifest that is none", async () => {
    const system = new Case();
    await system.stored("first", "daily");
    writeFileSync(system.file("daily/first.dump.manifest.json"), "{}");
    expect(await failureOf(system.fetch("daily/first"))).toContain(
      "daily/first.dump.manifest.json is no manifest of a dump: it lacks the time, the size or the checksum",
    );
  });
});

describe("retention", () => {
  const keepDays = { daily: 30, weekly: 90, monthly: 365, "before-migration": null };
  const retain = (system: Case, keys = remover) =>
    system.with({ KEEP_DAYS: JSON.stringify(keepDays), ...keysOf(keys) }, "retain");
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

  test("deletes what is due, leaves what is not, and has nothing to do when it comes again", async () => {
    const system = new Case();
    await system.stored("old", "daily", { taken: daysAgo(30.01) });
    await system.stored("young", "daily", { taken: daysAgo(29.99) });
    await system.stored("old", "weekly", { taken: daysAgo(90.01) });
    await system.stored("young", "weekly", { taken: daysAgo(89.99) });
    await system.stored("oldest", "before-migration", { taken: daysAgo(4000) });
    expect(await retain(system)).toBe(
      "deleted weekly/old: its time is over\ndeleted daily/old: its time is over\n" + "kept: 3 dumps; deleted: 2\n",
    );
    expect(system.objects().filter((name) => name.endsWith(".dump"))).toEqual([
      "before-migration/oldest.dump",
      "daily/young.dump",
      "weekly/young.dump",
    ]);
    expect(await retain(system)).toBe("kept: 3 dumps; deleted: 0\n");
  });

  test("what backs up cannot delete", async () => {
    const system = new Case();
    await system.stored("old", "daily", { taken: daysAgo(31) });
    await system.stored("young", "daily", { taken: daysAgo(1) });
    expect(await failureOf(retain(system, writer))).toContain("the store answered 403 (AccessDenied)");
    expect(system.objects()).toHaveLength(4);
  });

  test("what an interrupted run left goes after a day", async () => {
    const system = new Case();
    await system.stored("first", "daily", { taken: daysAgo(1) });
    await system.stored("today", "weekly", { taken: daysAgo(0) });
    for (const [name, tier, modified] of [
      ["first", "daily", "2 days ago"],
      ["today", "weekly", "1 hour ago"],
    ] as const) {
      rmSync(system.file(`${tier}/${name}.dump.manifest.json`));
      await run("touch", ["--date", modified, system.file(`${tier}/${name}.dump`)]);
    }
    expect(await retain(system)).toBe(
      "deleted daily/first.dump: no manifest makes it count\nkept: 0 dumps; deleted: 1\n",
    );
    expect(system.objects()).toEqual(["weekly/today.dump"]);
  });

  test("a tier may hold more than the thousand objects that the store lists at once", async () => {
    const system = new Case();
    await system.stored("young", "daily", { taken: daysAgo(1) });
    const lost = Array.from({ length: 1005 }, (_, number) => system.file(`daily/lost-${number}.dump`));
    for (const file of lost) writeFileSync(file, "");
    await run("touch", ["--date", "2 days ago", ...lost]);
    expect(await retain(system)).toMatch(/kept: 1 dumps; deleted: 1005\n$/);
    expect(system.objects()).toHaveLength(2);
  });

  test("nothing is deleted when a manifest cannot be read", async () => {
    const system = new Case();
    await system.stored("old", "daily", { taken: daysAgo(100) });
    await system.stored("young", "daily", { taken: daysAgo(1) });
    writeFileSync(system.file("daily/young.dump.manifest.json"), "half of a mani");
    expect(await failureOf(retain(system))).toContain("daily/young.dump.manifest.json is no manifest of a dump");
    expect(system.objects()).toHaveLength(4);
  });
});

describe("on a bad day of the store", () => {
  const isPart = (method: string, where: string) => method === "PUT" && where.includes("partNumber=");
  const counts = (system: Case) => system.objects().some((name) => name.endsWith(".manifest.json"));

  test("a moment of errors is waited for", async () => {
    const system = new Case();
    system.dump("first");
    proxy.set({ to: isPart, times: 2, answer: { status: 500, code: "InternalError" } });
    expect(await system.run("put", "daily")).toContain("stored daily/first.dump and read it back");
    expect(proxy.hits).toBe(2);
  });

  test("errors that do not end are an error, and nothing counts", async () => {
    const system = new Case();
    system.dump("first");
    proxy.set({ to: isPart, answer: { status: 500, code: "InternalError" } });
    const output = await failureOf(system.run("put", "daily"));
    expect(output).toContain(
      `writing ${url(system.folder, "daily/first.dump")}: the store answered 500 (InternalError)`,
    );
    expect(output).toContain("trying again in 8 s");
    expect(system.objects()).toEqual([]);
  });

  test("keys that lose their rights in the middle of an upload are an error that names them, at once", async () => {
    const system = new Case();
    system.dump("first", { bytes: 40 * 1024 ** 2 });
    proxy.set({
      to: (method, where) => isPart(method, where) && where.includes("partNumber=2"),
      answer: { status: 403, code: "AccessDenied" },
    });
    expect(await failureOf(system.run("put", "daily"))).toContain(
      "the store answered 403 (AccessDenied). What to do: look at the keys of runsheet:backups, and at what they may do there",
    );
    expect(proxy.hits).toBe(1);
    expect(system.objects()).toEqual([]);
  });

  test("wrong keys", async () => {
    const system = new Case();
    system.dump("first");
    expect(await failureOf(system.with({ STORE_SECRET_ACCESS_KEY: "wrong" }, "put", "daily"))).toContain(
      "the store answered 403 (SignatureDoesNotMatch). What to do: look at the keys of runsheet:backups",
    );
  });

  test("a bucket that is not there", async () => {
    const system = new Case();
    system.dump("first");
    expect(await failureOf(system.with({ STORE_BUCKET: "other" }, "put", "daily"))).toContain(
      "the store answered 404 (NoSuchBucket)",
    );
  });

  test("a slow one is waited for", async () => {
    const system = new Case();
    system.dump("first");
    proxy.set({ to: () => true, delay: 1500 });
    expect(await system.run("put", "daily")).toContain("stored daily/first.dump and read it back");
  });

  test("one that gives other bytes than it was given: the dump does not count", async () => {
    const system = new Case();
    system.dump("first");
    proxy.set({
      to: (method, where) => method === "GET" && where.endsWith("first.dump"),
      body: (bytes) => Buffer.concat([bytes.subarray(1), bytes.subarray(0, 1)]),
    });
    expect(await failureOf(system.run("put", "daily"))).toMatch(
      /first\.dump was stored, and reads as something else \(sha256 [0-9a-f]{64} instead of [0-9a-f]{64}\): it does not count/,
    );
    expect(counts(system)).toBe(false);
  });

  test("one that is full: the dump does not count, and the store has room again", async () => {
    const small = await ThrowAwayStore.start(24);
    try {
      const system = new Case();
      system.dump("first", { bytes: 40 * 1024 ** 2 });
      const output = await failureOf(system.with(small.environment(system.folder), "put", "daily"));
      expect(output).toContain("the store answered 507 (InsufficientStorage)");
      expect(output).not.toContain("trying again");
      system.dump("first", { bytes: 4 * 1024 ** 2 });
      expect(await system.with(small.environment(system.folder), "put", "daily")).toContain("stored daily/first.dump");
    } finally {
      await small.stop();
    }
  });
});
