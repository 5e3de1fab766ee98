/**
 * How long a preview without a change takes, beside its floor: a plain JavaScript program that registers as many
 * ConfigMaps. Both are measured in turns in one run, since this says more on a noisy machine than a time does.
 *
 *   npm run bench [-- ROUNDS]
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..");
const rounds = Number(process.argv[2] ?? 5);
const limit = 1.5;

function pulumi(cwd: string, args: string[]): string {
  return execFileSync("pulumi", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1e9 });
}

/** The stack's resources that a provider stands behind. */
function resourceCount(): number {
  const state = JSON.parse(pulumi(root, ["stack", "export", "--stack", "local"])) as {
    deployment: { resources?: { custom?: boolean; type: string }[] };
  };
  return (state.deployment.resources ?? []).filter(({ custom, type }) => custom && !type.startsWith("pulumi:")).length;
}

/** The floor: a program that nobody could write shorter. */
function writeFloor(directory: string, count: number): void {
  writeFileSync(join(directory, "Pulumi.yaml"), "name: floor\nruntime: nodejs\nmain: index.js\n");
  writeFileSync(join(directory, "package.json"), '{ "name": "floor", "private": true }\n');
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  writeFileSync(
    join(directory, "index.js"),
    `const kubernetes = require("@pulumi/kubernetes");
const provider = new kubernetes.Provider("cluster", { context: "runsheet-lab", enableServerSideApply: true });
for (let i = 0; i < ${count}; i++) {
  new kubernetes.core.v1.ConfigMap(\`floor-\${i}\`, { metadata: { name: \`floor-\${i}\`, namespace: "default" }, data: { i: String(i) } }, { provider });
}
`,
  );
}

function seconds(cwd: string, stack: string): number {
  const start = process.hrtime.bigint();
  pulumi(cwd, ["preview", "--stack", stack, "--expect-no-changes", "--non-interactive"]);
  return Number(process.hrtime.bigint() - start) / 1e9;
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const directory = mkdtempSync(join(tmpdir(), "runsheet-bench-"));
mkdirSync(directory, { recursive: true });
try {
  const count = resourceCount();
  console.log(`${count} resources; the floor registers as many ConfigMaps`);
  writeFloor(directory, count);
  pulumi(directory, ["stack", "init", "floor"]);
  pulumi(directory, ["up", "--stack", "floor", "--yes", "--skip-preview", "--non-interactive"]);
  const times: { local: number[]; floor: number[] } = { local: [], floor: [] };
  for (let round = 1; round <= rounds; round++) {
    times.floor.push(seconds(directory, "floor"));
    times.local.push(seconds(root, "local"));
    console.log(`round ${round}: floor ${times.floor.at(-1)!.toFixed(2)} s, local ${times.local.at(-1)!.toFixed(2)} s`);
  }
  const ratio = median(times.local) / median(times.floor);
  console.log(`median: floor ${median(times.floor).toFixed(2)} s, local ${median(times.local).toFixed(2)} s`);
  console.log(`ratio ${ratio.toFixed(2)} (at most ${limit})`);
  if (ratio > limit) process.exitCode = 1;
} finally {
  pulumi(directory, ["destroy", "--stack", "floor", "--yes", "--skip-preview", "--non-interactive"]);
  pulumi(directory, ["stack", "rm", "floor", "--yes"]);
  rmSync(directory, { recursive: true });
}
