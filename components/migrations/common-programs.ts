/** Programs that every source of migrations brings along. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Files } from "../kubernetes/mounted-files";

/**
 * Reads them: patiently.sh and despite-locks.sh, which run another one again, for a server that restarts and for a table
 * in use; unpack.sh, for files that are compressed.
 */
export const commonPrograms = (): Files =>
  Object.fromEntries(
    ["patiently.sh", "despite-locks.sh", "unpack.sh"].map((name) => [
      name,
      readFileSync(join(__dirname, "in-pod", name), "utf8"),
    ]),
  );
