/**
 * The `up` of a demo stack as `npm run up` shows it: `node --require ./register.cjs test/support/deployment/up.ts PROGRAM
 * REPORTS [OPTION ...]`.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Place } from "../../../deployments/place";
import { readArguments } from "../../../deployments/up/arguments";
import { up } from "../../../deployments/up/up";
import { graphOf } from "../../../runbook/source/state";

async function main([directory, reports, ...options]: string[]): Promise<void> {
  const args = readArguments(["--stack", "test", ...options]);
  const readGraph = async () => {
    const { stdout } = await promisify(execFile)("pulumi", ["stack", "export"], { cwd: directory });
    return graphOf(JSON.parse(stdout) as Parameters<typeof graphOf>[0]);
  };
  process.exitCode = await up({ ...args, directory: directory!, place: new Place("test", reports), readGraph });
}

void main(process.argv.slice(2));
