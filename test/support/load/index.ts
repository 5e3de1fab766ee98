/** A constant load from inside the lab. */
import { rmSync, writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../../components/bundle";
import { kubectl } from "../cluster";

export interface LoadResult {
  readonly requests: number;
  readonly failed: number;
  /** How often each reason came. */
  readonly failures: Readonly<Record<string, number>>;
  /** The releases that answered. */
  readonly releases: readonly string[];
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const namespace = "default";

/** Begins to ask the URLs in turn, so often a second for so long; `running` is whether it still does, `result` waits for the end. */
export async function startLoad(
  name: string,
  load: {
    readonly urls: readonly string[];
    readonly rate: number;
    readonly seconds: number;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Promise<{ running: () => Promise<boolean>; result: () => Promise<LoadResult> }> {
  const remove = () =>
    kubectl("delete", "-n", namespace, `pod/${name}`, `configmap/${name}`, "--ignore-not-found", "--wait=true");
  await remove();
  const directory = mkdtempSync(join(tmpdir(), "runsheet-load-"));
  const file = join(directory, "generator.cjs");
  writeFileSync(file, bundle("test/support/load/generator.ts"));
  await kubectl("create", "configmap", name, "-n", namespace, `--from-file=${file}`);
  rmSync(directory, { recursive: true });
  const { urls, rate, seconds, headers = {} } = load;
  const variables = {
    RATE: String(rate),
    SECONDS: String(seconds),
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
  return {
    running: async () =>
      (await kubectl("get", "-n", namespace, `pod/${name}`, "-o", "jsonpath={.status.phase}")) === "Running",
    result: async () => {
      const ended = "--for=jsonpath={.status.phase}=Succeeded";
      await kubectl("wait", "-n", namespace, `pod/${name}`, ended, `--timeout=${seconds + 60}s`);
      const log = await kubectl("logs", "-n", namespace, name);
      await remove();
      return JSON.parse(log.split("\n").at(-1)!) as LoadResult;
    },
  };
}
