/**
 * Measures a preview without changes against its floor: a plain JavaScript program that registers as many ConfigMaps as
 * the local stack registers resources. Both are measured alternately in one run, for on a noisy machine their ratio
 * says more than a time.
 *
 *   npm run bench [-- ROUNDS]
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..");
const rounds = Number(process.argv[2] ?? 5);
const limit = 1.5;

const namespace = "runsheet-bench";
const directory = mkdtempSync(join(tmpdir(), "runsheet-bench-"));

function execute(command: string, args: string[], cwd = root, env: Record<string, string> = {}): string {
  const options = { cwd, env: { ...process.env, ...env }, encoding: "utf8", maxBuffer: 1e9 } as const;
  return execFileSync(command, args, { ...options, stdio: ["ignore", "pipe", "inherit"] });
}

const local = (...args: string[]) => execute("pulumi", [...args, "--stack", "local"]);
// The state is in its directory, so it leaves nothing in the lab's backend.
const floor = (...args: string[]) =>
  execute("pulumi", [...args, "--stack", "floor"], directory, { PULUMI_BACKEND_URL: `file://${directory}` });

/** Counts the resources of the local stack, without the stack itself and the providers. */
function resourceCount(): number {
  const state = JSON.parse(local("stack", "export")) as { deployment: { resources?: { type: string }[] } };
  return (state.deployment.resources ?? []).filter(({ type }) => !type.startsWith("pulumi:")).length;
}

/** Writes the floor program, which is as short as possible. */
function writeFloor(count: number): void {
  writeFileSync(join(directory, "Pulumi.yaml"), "name: floor\nruntime: nodejs\nmain: index.js\n");
  writeFileSync(join(directory, "package.json"), '{ "name": "floor", "private": true }\n');
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  writeFileSync(
    join(directory, "index.js"),
    `const kubernetes = require("@pulumi/kubernetes");
const provider = new kubernetes.Provider("cluster", { context: "runsheet-lab", kubeconfig: "", enableServerSideApply: true });
for (let i = 0; i < ${count}; i++) {
  new kubernetes.core.v1.ConfigMap(\`floor-\${i}\`, { metadata: { name: \`floor-\${i}\`, namespace: "${namespace}" }, data: { i: String(i) } }, { provider });
}
`,
  );
}

function seconds(pulumi: (...args: string[]) => string): number {
  const start = process.hrtime.bigint();
  pulumi("preview", "--expect-no-changes", "--non-interactive");
  return Number(process.hrtime.bigint() - start) / 1e9;
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

try {
  const count = resourceCount();
  if (count === 0) throw new Error("the local stack has no resources: bring it up first, with `npm run up`");
  console.log(`${count} resources; the floor registers as many ConfigMaps`);
  writeFloor(count);
  execute("kubectl", ["create", "namespace", namespace]);
  floor("stack", "init");
  floor("up", "--yes", "--skip-preview", "--non-interactive");
  const times: { local: number[]; floor: number[] } = { local: [], floor: [] };
  for (let round = 1; round <= rounds; round++) {
    times.floor.push(seconds(floor));
    times.local.push(seconds(local));
    console.log(`round ${round}: floor ${times.floor.at(-1)!.toFixed(2)} s, local ${times.local.at(-1)!.toFixed(2)} s`);
  }
  const ratio = median(times.local) / median(times.floor);
  console.log(`median: floor ${median(times.floor).toFixed(2)} s, local ${median(times.local).toFixed(2)} s`);
  console.log(`ratio ${ratio.toFixed(2)} (at most ${limit})`);
  if (ratio > limit) process.exitCode = 1;
} finally {
  execute("kubectl", ["delete", "namespace", namespace, "--ignore-not-found"]);
  rmSync(directory, { recursive: true });
}
