/** Backup during a failover: an incomplete backup is never used, and the next one is complete. */
import { startBackup, takeBackup } from "../support/base-backup";
import { eventually, kubectl, primaryOf, sql } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";
import { expectRestorable } from "../support/restorable";

const stack = new FaultyStack();
afterAll(async () => {
  stack.configure({ "prism:postgres": configured });
  await stack.leave();
});

const configured = stack.configured("prism:postgres") as object | undefined;

test("the primary is killed while it is backed up", async () => {
  stack.configure({ "prism:postgres": { ...configured, instances: 3 } });
  await stack.upSucceeds();
  const primary = await primaryOf("prism");
  const state = await startBackup("prism");
  await eventually("the backup has begun", async () => /^(started|running)/.test(await state()));
  await kubectl("delete", "pod", "-n", "prism", primary, "--grace-period=0", "--force");
  await eventually("another one takes over", async () => (await primaryOf("prism")) !== primary);
  await eventually("the backup has ended", async () => /^(completed|failed)/.test(await state()), 300);
  process.stderr.write(`  the backup: ${await state()}\n`);
  // Whether the backup completed or failed, the restore uses a complete one.
  await expectRestorable("prism");
  await sql("SELECT pg_switch_wal()");
  await takeBackup("prism", 300);
  await expectRestorable("prism");
});
