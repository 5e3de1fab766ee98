/** Programs of in-pod that sources of migrations bring along. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Files } from "../kubernetes/mounted-files";

/** Reads programs of in-pod. */
export const programs = (...names: readonly string[]): Files =>
  Object.fromEntries(names.map((name) => [name, readFileSync(join(__dirname, "in-pod", name), "utf8")]));

/**
 * Reads those that every source has: patiently.sh and despite-locks.sh, which run another one again, for a server that restarts and for a table
 * in use; unpack.sh, for files that are compressed.
 */
export const commonPrograms = (): Files => programs("patiently.sh", "despite-locks.sh", "unpack.sh");
