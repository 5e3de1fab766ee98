/** Programs that run another one again, which every source of migrations brings along. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Files } from "../kubernetes/mounted-files";

/** Reads them: patiently.sh, for a server that restarts, and despite-locks.sh, for a table in use. */
export const patience = (): Files =>
  Object.fromEntries(
    ["patiently.sh", "despite-locks.sh"].map((name) => [name, readFileSync(join(__dirname, "in-pod", name), "utf8")]),
  );
