/** Waits, before backups are deleted, until no restore reads any. SECONDS is the limit. */
import { untilNoRestore } from "./restores";

untilNoRestore(Number(process.env.SECONDS), (line) => console.log(line)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
