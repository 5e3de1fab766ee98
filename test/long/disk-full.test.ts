/** Full data disk of a database: backups and deployments report it, and continue once there is space. */
import { requestBackup, takeBackup } from "../support/base-backup";
import { eventually, kubectl, primaryOf, releaseOf, runNow, sql } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";
import { expectRestorable } from "../support/restorable";
import { SmallDisk } from "../support/small-disk";

const stack = new FaultyStack();
let disk: SmallDisk;
let backup: () => Promise<string>;

const phase = () =>
  kubectl("get", "clusters.postgresql.cnpg.io", "-n", "mued", "-o", "jsonpath={.items[0].status.phase}");

beforeAll(async () => {
  // The WAL that the server keeps may take 512 MB.
  disk = await SmallDisk.under("mued", 1536);
  await sql("SET ROLE mued; CREATE TABLE kept (word text); INSERT INTO kept VALUES ('before')", "mued");
  await disk.fill();
});
afterAll(async () => {
  await disk?.remove();
  await sql("DROP TABLE IF EXISTS kept", "mued");
  await stack.leave();
});

test("what is written is refused, and the server stops before it damages anything", async () => {
  const rows = "INSERT INTO kept SELECT repeat(md5(n::text), 100) FROM generate_series(1, 100000) AS n";
  await expect(sql(rows, "mued")).rejects.toThrow("No space left on device");
  await sql("CHECKPOINT", "mued").catch(() => undefined);
  await eventually("the operator says why", async () => (await phase()) === "Not enough disk space", 120);
});

test("a dump is an error, and a base backup does not count", async () => {
  backup = await requestBackup("mued");
  await expect(runNow("mued", "mued-dump-scheduled", 300)).rejects.toThrow("the database cannot be reached");
  process.stderr.write(`  the base backup: ${await backup()}\n`);
  expect(await backup()).not.toContain("completed");
});

test("an up stops before it changes anything and says why; the old release stays", async () => {
  const before = await releaseOf("mued");
  stack.nextRelease("mued");
  await stack.upFails(
    /FAILED PostgreSQL 14 or later: .*(ECONNREFUSED|timeout|EHOSTUNREACH)/,
    "If it was not reached, kubectl get clusters.postgresql.cnpg.io -A says what it does.",
    /mued +stopped in prerequisites \(mued-prerequisites\); not done: backup, migrate,/,
  );
  expect(await releaseOf("mued")).toBe(before);
});

test("with room again nothing is lost, up resumes, and backups can be restored", async () => {
  await disk.makeRoom();
  // Otherwise the crashed pod's back-off delays its restart by minutes.
  await kubectl("delete", "pod", "-n", "mued", await primaryOf("mued"));
  await eventually("the database is there", async () => (await sql("SELECT word FROM kept", "mued")) === "before", 180);
  await stack.upSucceeds();
  expect(await releaseOf("mued")).toBe(stack.release("mued"));
  await takeBackup("mued", 300);
  process.stderr.write(`  the base backup that was asked for meanwhile: ${await backup()}\n`);
  await expectRestorable("mued");
});
