/** Health checks of the lab. */
import { existsSync, readFileSync } from "node:fs";
import { Resolver } from "node:dns/promises";
import { join } from "node:path";
import { runtime } from "../paths";
import {
  apiServiceAddress,
  clusterDomain,
  hostInterface,
  nodeAddress,
  nodeName,
  notificationReceiver,
  objectStoreUrl,
} from "./addresses";
import { get, getText } from "./api";
import { components, logs, tools } from "./components";
import { isAttached } from "./network";
import { isBefore, processesOf, startedAt, type LabProcess } from "./process";

export interface ComponentStatus {
  name: string;
  /** Process id on the host. Undefined while the component is restarted. */
  pid?: number;
  restarts: number;
  log: string;
}

/** Returns the status of the components of the lab with the first process `init`. */
export function componentStatus(init: LabProcess): ComponentStatus[] {
  const hostPids = processesOf(init);
  return components.map(({ name }) => {
    const file = join(runtime, "components", `${name}.status`);
    const [pid = 0, restarts = 0] = existsSync(file) ? readFileSync(file, "utf8").trim().split(" ").map(Number) : [];
    return { name, pid: hostPids.get(pid), restarts, log: join(logs, `${name}.log`) };
  });
}

interface Node {
  status: { conditions: { type: string; status: string; lastHeartbeatTime: string; message: string }[] };
}

/**
 * Returns the problem of the node, if any. Ignores a report from before the lab's start, which the API server still
 * has.
 */
async function nodeProblem(since: number): Promise<string | undefined> {
  const node = await get<Node>(`/api/v1/nodes/${nodeName}`);
  const ready = node.status.conditions.find(({ type }) => type === "Ready");
  if (!ready || isBefore(ready.lastHeartbeatTime, since)) return "the node has not reported yet";
  return ready.status === "True" ? undefined : `the node is not ready: ${ready.message}`;
}

async function nameProblem(): Promise<string | undefined> {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  resolver.setServers([nodeAddress]);
  const name = `kubernetes.default.svc.${clusterDomain}`;
  const addresses = await resolver.resolve4(name);
  return addresses.includes(apiServiceAddress) ? undefined : `${name} resolves to ${addresses.join(", ")}`;
}

async function receiverProblem(): Promise<string | undefined> {
  const { status } = await fetch(`${notificationReceiver}/health`, { signal: AbortSignal.timeout(2000) });
  return status === 200 ? undefined : `the receiver of notifications answers ${status}`;
}

async function objectStoreProblem(): Promise<string | undefined> {
  const { status } = await fetch(`${objectStoreUrl}/health`, { signal: AbortSignal.timeout(2000) });
  return status === 200 ? undefined : `the object store answers ${status}`;
}

/**
 * Returns a problem if the tools are gone from the cache of the user who started the lab. Running processes continue
 * without them, but no new pod can start.
 */
function toolsProblem(init: LabProcess): string | undefined {
  const runc = join(`/proc/${init.pid}/root`, tools, "packages/usr/sbin/runc");
  return existsSync(runc) ? undefined : "its tools are gone: the cache that they were in was deleted";
}

/** Returns the reason that the lab does not work, for the user. Undefined if it works. */
export async function problem(init: LabProcess): Promise<string | undefined> {
  if (!(await isAttached())) return `this machine's interface ${hostInterface} or its routes are missing`;
  const down = componentStatus(init).find(({ pid }) => pid === undefined);
  if (down) return `${down.name} is down (${down.restarts} restarts; its log: ${down.log})`;
  const missing = toolsProblem(init);
  if (missing) return missing;
  const checks: [string, () => Promise<string | undefined>][] = [
    ["the API server", () => getText("/readyz").then(() => undefined)],
    ["the node", () => nodeProblem(startedAt(init))],
    ["the cluster's DNS", nameProblem],
    ["the receiver of notifications", receiverProblem],
    ["the object store", objectStoreProblem],
  ];
  for (const [what, check] of checks) {
    const found = await check().catch((error: Error) => `${what} does not answer: ${error.message}`);
    if (found) return found;
  }
  return undefined;
}

/** Names the component with the most restarts and its last log line. Empty if none was restarted. */
export function restartsHint(init: LabProcess): string {
  const [worst] = componentStatus(init).sort((one, other) => other.restarts - one.restarts);
  if (!worst || worst.restarts === 0 || !existsSync(worst.log)) return "";
  const words = readFileSync(worst.log, "utf8").trim().split("\n");
  const last = words.filter((line) => !line.includes(": starting it again")).slice(-1);
  return `\n${worst.name} was started again ${worst.restarts} times; its last words: ${last.join("").slice(0, 500)}`;
}
