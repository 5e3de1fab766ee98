import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Report } from "../../drills/report";
import { execute } from "./workspace";

/** Runs a drill from the command line, and returns its report. Throws with the output if there is no report. */
export async function runDrill(...args: string[]): Promise<Report> {
  const { output } = await execute("npm", ["run", "--silent", "drill", "--", ...args]);
  const path = /^The report: (\S+)$/m.exec(output)?.[1];
  if (!path) throw new Error(output);
  return JSON.parse(readFileSync(join(dirname(path), "report.json"), "utf8")) as Report;
}
