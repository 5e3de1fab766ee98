/** Faults of the object store while a dump is stored: the dump is stored in the end, or it fails and does not count. */
import { ThrowAwayStore } from "../../support/object-store";
import { failureOf } from "../failure";
import { DumpBench, type DumpingSystem } from "./bench";

jest.setTimeout(120_000);

let bench: DumpBench;
beforeAll(async () => (bench = await DumpBench.start()));
afterEach(() => bench.proxy.set(undefined));
afterAll(() => bench?.stop());

const isPart = (method: string, where: string) => method === "PUT" && where.includes("partNumber=");
const counts = (system: DumpingSystem) => system.objects().some((name) => name.endsWith(".manifest.json"));

test("a moment of errors is waited for", async () => {
  const system = bench.system();
  system.dump("first");
  bench.proxy.set({ to: isPart, times: 2, answer: { status: 500, code: "InternalError" } });
  expect(await system.run("put", "daily")).toContain("stored daily/first.dump and read it back");
  expect(bench.proxy.hits).toBe(2);
});

test("errors that do not end are an error, and nothing counts", async () => {
  const system = bench.system();
  system.dump("first");
  bench.proxy.set({ to: isPart, answer: { status: 500, code: "InternalError" } });
  const output = await failureOf(system.run("put", "daily"));
  expect(output).toContain(`writing ${system.url("daily/first.dump")}: the store answered 500 (InternalError)`);
  expect(output).toContain("trying again in 8 s");
  expect(system.objects()).toEqual([]);
});

test("keys that lose their rights during an upload are an error that names them", async () => {
  const system = bench.system();
  system.dump("first", { bytes: 40 * 1024 ** 2 });
  bench.proxy.set({
    to: (method, where) => isPart(method, where) && where.includes("partNumber=2"),
    answer: { status: 403, code: "AccessDenied" },
  });
  expect(await failureOf(system.run("put", "daily"))).toContain(
    "the store answered 403 (AccessDenied). What to do: check the keys of runsheet:backups and their permissions",
  );
  expect(bench.proxy.hits).toBe(1);
  expect(system.objects()).toEqual([]);
});

test("wrong keys", async () => {
  const system = bench.system();
  system.dump("first");
  expect(await failureOf(system.with({ STORE_SECRET_ACCESS_KEY: "wrong" }, "put", "daily"))).toContain(
    "the store answered 403 (SignatureDoesNotMatch). What to do: check the keys of runsheet:backups",
  );
});

test("a bucket that is not there", async () => {
  const system = bench.system();
  system.dump("first");
  expect(await failureOf(system.with({ STORE_BUCKET: "other" }, "put", "daily"))).toContain(
    "the store answered 404 (NoSuchBucket)",
  );
});

test("a slow one is waited for", async () => {
  const system = bench.system();
  system.dump("first");
  bench.proxy.set({ to: () => true, delay: 1500 });
  expect(await system.run("put", "daily")).toContain("stored daily/first.dump and read it back");
});

test("one that gives other bytes than it was given: the dump does not count", async () => {
  const system = bench.system();
  system.dump("first");
  bench.proxy.set({
    to: (method, where) => method === "GET" && where.endsWith("first.dump"),
    body: (bytes) => Buffer.concat([bytes.subarray(1), bytes.subarray(0, 1)]),
  });
  expect(await failureOf(system.run("put", "daily"))).toMatch(
    /first\.dump was stored, but reads differently \(sha256 [0-9a-f]{64} instead of [0-9a-f]{64}\): it is not used/,
  );
  expect(counts(system)).toBe(false);
});

test("one that is full: the dump does not count, and the store has room again", async () => {
  const small = await ThrowAwayStore.start(24);
  try {
    const system = bench.system();
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
