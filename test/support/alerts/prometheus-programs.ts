/** Programs of Prometheus and Alertmanager, from Debian's packages. Nothing is installed, and no service starts. */
import { join } from "node:path";
import { run } from "../../../lab/command";
import { unpacked } from "../../../lab/packages";

/**
 * Runs promtool or amtool and returns its output. Both streams are one, since promtool writes complaints to the second.
 * Throws CommandFailed with the output if it does not exit with 0.
 */
export async function runProgram(program: "promtool" | "amtool", args: readonly string[]): Promise<string> {
  return run("/bin/sh", ["-c", 'exec "$0" "$@" 2>&1', await pathOf(`bin/${program}`), ...args]);
}

/** Path of what the packages have in /usr: bin/promtool. */
export const pathOf = async (path: string): Promise<string> =>
  join(await unpacked(["prometheus", "prometheus-alertmanager"]), "usr", path);
