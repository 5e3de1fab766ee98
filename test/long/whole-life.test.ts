/** Life of a lab: it runs alone for ten minutes, is destroyed, comes up again, and is removed without a trace. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { cgroupRoot, hierarchies } from "../../lab/cluster/cgroups";
import { findInit, startTicks } from "../../lab/cluster/process";
import { cache, runtime, state } from "../../lab/paths";
import { eventually, kubectl, runNow, sql, systems } from "../support/cluster";
import { goldenOf } from "../support/golden";
import { expectNoDrift, expectUpUnchanged } from "../support/drift";
import { execute, Workspace, type Result } from "../support/workspace";

const workspace = new Workspace();
afterAll(() => workspace.remove());

const minute = 60_000;

test("ten minutes after an up, with every schedule run in between, there is no drift", async () => {
  await succeeds(workspace.up());
  const end = Date.now() + 10 * minute;
  for (const system of systems) {
    const found = (await kubectl("get", "cronjobs", "-n", system, "-o", "name")).split("\n").filter(Boolean);
    const schedules = found.map((name) => name.split("/")[1]!);
    const cronJobs = goldenOf(system).resources.filter(({ type }) => type === "kubernetes:batch/v1:CronJob");
    expect(schedules.sort()).toEqual(cronJobs.map(({ name }) => name).sort());
    for (const schedule of schedules) await runNow(system, schedule);
  }
  while (Date.now() < end) {
    process.stderr.write(`  ... waiting for drift, ${Math.ceil((end - Date.now()) / minute)} min to go\n`);
    await sleep(Math.min(minute, end - Date.now()));
  }
  await expectNoDrift(workspace);
  await expectUpUnchanged(workspace);
});

test("a destroy takes everything away but the operators' kinds, which others may use", async () => {
  const kinds = await kubectl("get", "customresourcedefinitions", "-o", "name");
  await succeeds(workspace.pulumi(["destroy", "--yes", "--skip-preview", "--stack", "local"]));
  expect(await kubectl("get", "customresourcedefinitions", "-o", "name")).toBe(kinds);
  const left = await kubectl("get", "namespaces,persistentvolumes", "-o", "name");
  const clusters = ["default", "kube-node-lease", "kube-public", "kube-system", "local-path-storage"];
  expect(left.split("\n").sort()).toEqual(clusters.map((name) => `namespace/${name}`));
});

test("another cluster that is named by --context gets a stack of its own", async () => {
  // The lab's cluster and images under another context name.
  const kubeconfig = join(workspace.directory, "kubeconfig");
  writeFileSync(kubeconfig, await kubectl("config", "view", "--raw"));
  await kubectl("config", "rename-context", "runsheet-lab", "elsewhere", `--kubeconfig=${kubeconfig}`);
  const local = readFileSync(join(workspace.directory, "Pulumi.local.yaml"), "utf8");
  const { config } = parse(local) as { config: Record<string, unknown> };
  // A secret of the stack `local` can be decrypted only with that stack's key, and backups need some.
  const isOpen = ([key, value]: [string, unknown]) =>
    key !== "runsheet:backups" && !JSON.stringify(value).includes('"secure"');
  const open = Object.fromEntries(Object.entries(config).filter(isOpen));
  const configuration = stringify({ config: { ...open, "runsheet:context": "elsewhere" } });
  writeFileSync(join(workspace.directory, "Pulumi.elsewhere.yaml"), configuration);
  const state = join(workspace.directory, "state");
  mkdirSync(state);
  const environment = {
    KUBECONFIG: kubeconfig,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "of the other stack",
  };
  const up = ["lab/run.sh", "up", "--context", "elsewhere", "--yes"];
  const output = await succeeds(execute("bash", up, workspace.directory, environment));
  expect(output).toMatch(/The stack elsewhere[^]+Up after \d+ s\.\n$/);
  const destroy = ["destroy", "--yes", "--skip-preview", "--stack", "elsewhere"];
  await succeeds(workspace.pulumi(destroy, environment));
});

test("after a machine ends during an up, the next up brings the lab and its data back", async () => {
  const kill = workspace.startUp();
  const databases = ["get", "pods", "-A", "-l", "cnpg.io/jobRole=initdb", "-o", "name"];
  await eventually(
    "three databases are being made",
    async () => /(pod.+\s*){3}/.test(await kubectl(...databases)),
    180,
  );
  kill();
  process.kill(findInit()!.pid, "SIGKILL");
  await succeeds(execute("bash", ["lab/run.sh", "up"], workspace.directory));
  await expectUpUnchanged(workspace);
  await expectNoDrift(workspace);
});

test("new databases know letters of every script", async () => {
  for (const system of systems)
    expect(await sql("SELECT 'É' ILIKE 'é', lower('ÄÖ'), '京' ~ '^\\w$', 'B' < 'a'", system)).toBe("t|äö|t|t");
  expect(await sql("SELECT similarity('Привет', 'привет'), similarity('東京都', '東京')", "omniops")).toBe("1|0.4");
});

test("lab:down leaves no process, mount, network, control group or file but the cache", async () => {
  const namespace = pidNamespace(findInit()!.pid);
  expect(processesIn(namespace).length).toBeGreaterThan(10);
  await succeeds(execute("bash", ["lab/run.sh", "down"]));

  expect(processesIn(namespace)).toEqual([]);
  expect(readFileSync("/proc/mounts", "utf8")).not.toContain("runsheet");
  expect(execFileSync("ip", ["link"], { encoding: "utf8" })).not.toContain("runsheet");
  expect(execFileSync("ip", ["route"], { encoding: "utf8" })).not.toContain("10.213.");
  expect(execFileSync("iptables-save", { encoding: "utf8" })).not.toContain("10.213.");
  for (const hierarchy of hierarchies()) expect(existsSync(join(hierarchy, cgroupRoot))).toBe(false);
  expect(existsSync(state)).toBe(false);
  expect(existsSync(runtime)).toBe(false);
  expect(existsSync(cache)).toBe(true);
  expect((await execute("bash", ["lab/run.sh", "status"])).output).toContain("The lab does not run.");
});

async function succeeds(result: Promise<Result>): Promise<string> {
  const { code, output } = await result;
  if (code !== 0) throw new Error(output);
  return output;
}

function pidNamespace(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return "";
  }
}

function processesIn(namespace: string): number[] {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  // A zombie process does not count.
  return pids.filter((pid) => pidNamespace(pid) === namespace && startTicks(pid) !== undefined);
}
