/** Retention of dumps in a real object store. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { remover, writer } from "../../../lab/cluster/object-store";
import { run } from "../../../lab/command";
import type { Manifest } from "../../../components/backups/in-pod/stored";
import { failureOf } from "../failure";
import { DumpBench, keysAs, type DumpingSystem } from "./bench";

jest.setTimeout(120_000);

let bench: DumpBench;
beforeAll(async () => (bench = await DumpBench.start()));
afterAll(() => bench?.stop());

const keepDays = { daily: 30, weekly: 90, monthly: 365, "before-migration": null };
const retaining = { KEEP_DAYS: JSON.stringify(keepDays), ...keysAs(remover) };
const retain = (system: DumpingSystem, variables: Record<string, string> = {}) =>
  system.with({ ...retaining, ...variables }, "retain");
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

test("deletes what is due, keeps what is not, and does nothing when it runs again", async () => {
  const system = bench.system();
  await system.stored("old", "daily", { taken: daysAgo(30.01) });
  await system.stored("young", "daily", { taken: daysAgo(29.99) });
  await system.stored("old", "weekly", { taken: daysAgo(90.01) });
  await system.stored("young", "weekly", { taken: daysAgo(89.99) });
  await system.stored("oldest", "before-migration", { taken: daysAgo(4000) });
  expect(await retain(system)).toBe(
    "deleted weekly/old: its retention has expired\ndeleted daily/old: its retention has expired\n" +
      "kept: 3 dumps; deleted: 2\n",
  );
  expect(system.objects().filter((name) => name.endsWith(".dump"))).toEqual([
    "before-migration/oldest.dump",
    "daily/young.dump",
    "weekly/young.dump",
  ]);
  expect(await retain(system)).toBe("kept: 3 dumps; deleted: 0\n");
});

test("what backs up cannot delete", async () => {
  const system = bench.system();
  await system.stored("old", "daily", { taken: daysAgo(31) });
  await system.stored("young", "daily", { taken: daysAgo(1) });
  expect(await failureOf(retain(system, keysAs(writer)))).toContain("the store answered 403 (AccessDenied)");
  expect(system.objects()).toHaveLength(4);
});

test("what an interrupted run left goes after a day", async () => {
  const system = bench.system();
  await system.stored("first", "daily", { taken: daysAgo(1) });
  await system.stored("today", "weekly", { taken: daysAgo(0) });
  for (const [name, tier, modified] of [
    ["first", "daily", "2 days ago"],
    ["today", "weekly", "1 hour ago"],
  ] as const) {
    rmSync(system.file(`${tier}/${name}.dump.manifest.json`));
    await run("touch", ["--date", modified, system.file(`${tier}/${name}.dump`)]);
  }
  expect(await retain(system)).toBe("deleted daily/first.dump: it has no manifest\nkept: 0 dumps; deleted: 1\n");
  expect(system.objects()).toEqual(["weekly/today.dump"]);
});

test("a tier may hold more than the thousand objects that the store lists at once", async () => {
  const system = bench.system();
  await system.stored("young", "daily", { taken: daysAgo(1) });
  const lost = Array.from({ length: 1005 }, (_, number) => system.file(`daily/lost-${number}.dump`));
  for (const file of lost) writeFileSync(file, "");
  await run("touch", ["--date", "2 days ago", ...lost]);
  expect(await retain(system)).toMatch(/kept: 1 dumps; deleted: 1005\n$/);
  expect(system.objects()).toHaveLength(2);
});

test("a damaged manifest is named and kept, and stops neither retention nor dumps", async () => {
  const system = bench.system();
  await system.stored("old", "daily", { taken: daysAgo(100) });
  await system.stored("damaged", "daily", { taken: daysAgo(100) });
  await system.stored("young", "daily", { taken: daysAgo(1) });
  writeFileSync(system.file("daily/damaged.dump.manifest.json"), "half of a mani");
  const named = `left out: ${system.url("daily/damaged.dump.manifest.json")} is not a dump's manifest: `;
  const [first, ...others] = (await system.log(retaining, "retain")).split("\n");
  expect(first!.startsWith(named)).toBe(true);
  expect(first).toMatch(/\. Move it and its dump away, or restore an earlier version of it$/);
  expect(others).toEqual(["deleted daily/old: its retention has expired", "kept: 1 dumps; deleted: 1", ""]);
  expect(system.objects()).toEqual([
    "daily/damaged.dump",
    "daily/damaged.dump.manifest.json",
    "daily/young.dump",
    "daily/young.dump.manifest.json",
  ]);
  const pod = system.another();
  pod.dump("next");
  expect(await pod.run("put", "scheduled")).toContain("stored monthly/next.dump and read it back");
});

test("a manifest's age counts only with a right signature, where the stack signs", async () => {
  const key = { STORE_SIGNING_KEY: "of this stack" };
  const system = bench.system();
  for (const [name, days] of [
    ["old", 31],
    ["forged", 1],
    ["young", 1],
  ] as const) {
    const pod = system.another();
    pod.dump(name, { taken: daysAgo(days) });
    await pod.with(key, "put", "daily");
  }
  const forged = system.file("daily/forged.dump.manifest.json");
  const manifest = JSON.parse(readFileSync(forged, "utf8")) as Manifest;
  const says = (days: number) => writeFileSync(forged, JSON.stringify({ ...manifest, taken: daysAgo(days) }));
  says(400);
  const old = "deleted daily/old: its retention has expired\nkept: 2 dumps; deleted: 1\n";
  expect(await retain(system, key)).toBe(old);
  says(-400);
  await run("touch", ["--date", "40 days ago", forged]);
  const due = "deleted daily/forged: its retention has expired\nkept: 1 dumps; deleted: 1\n";
  expect(await retain(system, key)).toBe(due);
});
