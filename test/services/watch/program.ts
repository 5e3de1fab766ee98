/** Runs the watch (components/watch/in-pod/watch.ts) as a pod runs it, without a cluster. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Condition, WatchPlan } from "../../../components/watch";

const root = join(__dirname, "..", "..", "..");
const command = ["--require", "./register.cjs", "components/watch/in-pod/watch.ts"];

/** Seconds of a short watch. */
export const times = {
  seconds: 8,
  windowSeconds: 2,
  sampleSeconds: 0.5,
  samples: 6,
  beforeSeconds: 4,
  awaySeconds: 4,
} as const;

export interface WatchResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Watches the exporter of a namespace.
 * @param options.authority file with a certificate authority
 * @param options.during called once the watch has begun
 * @param options.samples number of bad samples in a row that fail it
 */
export function runWatch(
  url: string,
  namespace: string,
  conditions: readonly Condition[],
  options: {
    readonly token?: string;
    readonly authority?: string;
    readonly during?: () => unknown;
    readonly samples?: number;
  } = {},
): Promise<WatchResult> {
  const system = { system: "demo", release: "5.1.0", namespace, onFailure: "stop" } as const;
  const { token, authority, during, samples = times.samples } = options;
  const plan: WatchPlan = { ...system, ...times, samples, url, conditions };
  const env = {
    ...{ PATH: process.env.PATH, WATCH: JSON.stringify(plan) },
    ...(token && { PROMETHEUS_TOKEN: token }),
    ...(authority && { NODE_EXTRA_CA_CERTS: authority }),
  };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { cwd: root, env });
    const printed = { stdout: "", stderr: "" };
    child.stdout.once("data", () => during?.());
    child.stdout.on("data", (chunk: Buffer) => (printed.stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (printed.stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...printed }));
  });
}
