/** Backups that are known to restore: the newest one is brought back beside the database, verified and thrown away. */
import { takeBackup } from "../support/base-backup";
import { expectRestorable } from "../support/restorable";

// One without migrations and one with; those of the others are run by test/long/whole-life.test.ts.
test("the newest backup comes back and is verified", () => expectRestorable("ai-backend"));

test("also one that was taken while nobody wrote", async () => {
  // Nothing is written after it, and the segment of the log that it needs is not full.
  await takeBackup("mued", 120);
  await expectRestorable("mued");
});
