/** Restore tests of backups: the newest backup is restored beside the database, verified and deleted. */
import { takeBackup } from "../support/base-backup";
import { expectRestorable } from "../support/restorable";

// One system without migrations, and below one with. test/long/whole-life.test.ts covers the others.
test("the newest backup comes back and is verified", () => expectRestorable("ai-backend"));

test("also one that was taken while nobody wrote", async () => {
  // After this backup nothing is written, so the WAL segment that it needs is not full.
  await takeBackup("mued", 120);
  await expectRestorable("mued");
});
