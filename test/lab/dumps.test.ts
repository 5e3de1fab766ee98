/** Dumps of a system's database in the object store: before each migration, and scheduled. */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../../components/backups/in-pod/stored";
import { objectStore } from "../../lab/cluster/components";
import { bucketDirectory } from "../../lab/cluster/object-store";
import { kubectl, logsOf, migrating, runNow } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const stored = (system: string, name: string) => join(bucketDirectory(objectStore), "local", system, "dumps", name);
const manifestOf = (system: string, name: string) =>
  JSON.parse(readFileSync(stored(system, `${name}.dump.manifest.json`), "utf8")) as Manifest;

test.each(migrating)(
  "%s has a dump from before its migrations, restored, and read back from the store",
  async (system) => {
    const log = await logsOf(system, `${system}-dump`);
    const [, name = "", bytes, sha256] =
      /^stored (\S+)\.dump and read it back: (\d+) bytes, sha256 (\S+)$/m.exec(log) ?? [];
    expect(name).toMatch(new RegExp(`^before-migration/${system}-before-`));
    expect(manifestOf(system, name)).toMatchObject({ system, bytes: Number(bytes), sha256, proof: "restored" });
    expect(manifestOf(system, name).lsn).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
    expect(statSync(stored(system, `${name}.dump`)).size).toBe(Number(bytes));
  },
);

test("the nightly dump holds the schema as it is; a second one that day is a daily one", async () => {
  await runNow("prism", "prism-dump-scheduled");
  const log = await runNow("prism", "prism-dump-scheduled");
  const [, name = ""] = /^stored (daily\/\d{8}T\d{6}Z)\.dump and read it back/m.exec(log) ?? [];
  expect(manifestOf("prism", name)).toMatchObject({ release: "5.0.0", change: "feedback_training_index" });
});

test("what is due is deleted with keys that may, and nothing else", async () => {
  const log = await runNow("prism", "prism-dump-scheduled");
  const [, name = ""] = /^stored (daily\/\S+)\.dump and read it back/m.exec(log) ?? [];
  const old = { ...manifestOf("prism", name), taken: new Date(Date.now() - 31 * 86_400_000).toISOString() };
  writeFileSync(stored("prism", `${name}.dump.manifest.json`), JSON.stringify(old));
  const deleted = await runNow("prism", "prism-dump-retention");
  expect(deleted).toMatch(new RegExp(`^deleted ${name}: its retention has expired\nkept: \\d+ dumps; deleted: 1$`));
  expect(existsSync(stored("prism", `${name}.dump`))).toBe(false);
});

test("the archive's retention finds its backups, and deletes none that is young", async () => {
  const backups = () => kubectl("get", "backups.postgresql.cnpg.io", "-n", "prism", "-o", "name");
  const before = await backups();
  expect(await runNow("prism", "prism-postgresql-archive-retention")).not.toMatch(/error/i);
  expect(await backups()).toBe(before);
});

test("nothing that backs up has keys that delete, and no log has any", async () => {
  const of = (kind: string, name: string) => kubectl("get", "-n", "prism", kind, name, "-o", "json");
  const backup = (await of("cronjob", "prism-dump-scheduled")) + (await of("objectstore", "prism-postgresql"));
  expect(backup).toContain("prism-object-store");
  expect(backup).not.toContain("prism-object-store-retention");
  expect(await of("cronjob", "prism-dump-retention")).toContain("prism-object-store-retention");
  const logs = await logsOf("prism", "prism-dump");
  expect(logs).not.toContain("runsheet-lab-secret");
});

test("why a dump was not taken is in Pulumi's error, and no later step is done", async () => {
  const stack = new FaultyStack();
  try {
    stack.edit("components/backups/in-pod/tables.sql", (text) =>
      text.replace("c.relkind IN ('r', 'p')", "c.relkind IN ('?')"),
    );
    await stack.upFails(
      "[Error] the database prism has no table: there is nothing that a dump could save",
      /prism +stopped in backup \(prism-dump\); not done: migrate,/,
    );
  } finally {
    await stack.leave();
  }
});
