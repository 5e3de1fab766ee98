/** Constant load from inside the lab during a rollout. */
import { rmSync, writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../../components/kubernetes/bundle";
import { entranceOf, eventually, kubectl, releaseOf, type System } from "../cluster";
import type { FaultyStack } from "../faulty-stack";

interface LoadResult {
  readonly requests: number;
  readonly failed: number;
  /** Number of failures by reason. */
  readonly failures: Readonly<Record<string, number>>;
  /** Releases that answered. */
  readonly releases: readonly string[];
  readonly requestsPerSecond: number;
  /** Latency percentiles, in milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

interface Load {
  /** URLs, requested in turn. */
  readonly urls: readonly string[];
  /** Request headers. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Requests per second. Default: 300. */
  readonly rate?: number;
}

const namespace = "default";
/** Requests per second. */
const usualRate = 300;
const leastSeconds = 60;
const mostSeconds = 400;

/**
 * Expects that a rollout loses no request, and that every request is answered, by the old or the new release. The load
 * runs until the last pod of the old release is gone.
 */
export async function expectNoRequestLost(
  stack: FaultyStack,
  system: System,
  load: Load & { readonly workload?: string },
  deploy: () => Promise<unknown>,
): Promise<void> {
  const { workload = entranceOf(system) } = load;
  const before = await releaseOf(system, workload);
  const { releases } = await expectAllAnswered(`load-${system}`, load, async () => {
    await deploy();
    expect(await releaseOf(system, workload)).toBe(stack.release(system));
    await lastPodGone(system, workload, before);
  });
  expect(stack.release(system)).not.toBe(before);
  expect([...releases].sort()).toEqual([before, stack.release(system)].sort());
}

/** Waits until a workload has no pod of a release. */
export async function lastPodGone(namespace: string, workload: string, release: string): Promise<void> {
  const old = `app.kubernetes.io/name=${workload},app.kubernetes.io/version=${release}`;
  const pods = () => kubectl("get", "pods", "-n", namespace, "-l", old, "-o", "name");
  await eventually("the last pod of the old release is gone", async () => (await pods()) === "");
}

/**
 * Expects that every request is answered while `work` runs, and for at least 60 s.
 * @param name name of the pod that sends them
 */
export async function expectAllAnswered(name: string, load: Load, work: () => Promise<unknown>): Promise<LoadResult> {
  const end = await startLoad(name, load);
  await work();
  const result = await end();
  process.stderr.write(`  ${name}: ${JSON.stringify(result)}\n`);
  expect(result).toMatchObject({ failed: 0, failures: {} });
  const { rate = usualRate } = load;
  expect(result.requests).toBeGreaterThanOrEqual(rate * leastSeconds);
  expect(result.requestsPerSecond).toBeGreaterThan(rate * 0.8);
  return result;
}

/**
 * Starts the load. Returns a function that ends it and returns the result. That function throws if the load has already
 * ended, since it then did not cover the whole rollout.
 */
async function startLoad(
  name: string,
  { urls, headers = {}, rate = usualRate }: Load,
): Promise<() => Promise<LoadResult>> {
  const remove = () =>
    kubectl("delete", "-n", namespace, `pod/${name}`, `configmap/${name}`, "--ignore-not-found", "--wait=true");
  await remove();
  const directory = mkdtempSync(join(tmpdir(), "runsheet-load-"));
  const file = join(directory, "generator.cjs");
  writeFileSync(file, bundle("test/support/load/generator.ts"));
  await kubectl("create", "configmap", name, "-n", namespace, `--from-file=${file}`);
  rmSync(directory, { recursive: true });
  const variables = {
    RATE: String(rate),
    LEAST: String(leastSeconds),
    MOST: String(mostSeconds),
    URLS: urls.join(","),
    HEADERS: JSON.stringify(headers),
  };
  const container = {
    name,
    image: "runsheet.lab/node:22",
    command: ["node", "/load/generator.cjs"],
    env: Object.entries(variables).map(([name, value]) => ({ name, value })),
    volumeMounts: [{ name: "load", mountPath: "/load" }],
  };
  const spec = { containers: [container], restartPolicy: "Never", volumes: [{ name: "load", configMap: { name } }] };
  const overrides = `--overrides=${JSON.stringify({ apiVersion: "v1", spec })}`;
  await kubectl("run", name, "-n", namespace, "--image=runsheet.lab/node:22", "--restart=Never", overrides);
  await kubectl("wait", "-n", namespace, `pod/${name}`, "--for=condition=Ready", "--timeout=60s");
  return async () => {
    await kubectl("exec", "-n", namespace, name, "--", "sh", "-c", "kill -USR1 1");
    const ended = "--for=jsonpath={.status.phase}=Succeeded";
    await kubectl("wait", "-n", namespace, `pod/${name}`, ended, `--timeout=${leastSeconds + 60}s`);
    const log = await kubectl("logs", "-n", namespace, name);
    await remove();
    return JSON.parse(log.split("\n").at(-1)!) as LoadResult;
  };
}
