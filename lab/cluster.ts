/**
 * The lab's cluster: a real Kubernetes with one node, in its own Linux namespaces on this machine. A machine has one
 * lab, which all checkouts share. Its data is in `state` and survives a reboot; `start` then restarts the cluster with
 * it.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { apiServer, nodeName } from "./cluster/addresses";
import { apply } from "./cluster/api";
import { certificateAuthority } from "./cluster/certificates";
import { containerdSocket, logs, notifications } from "./cluster/components";
import { dnsObjects } from "./cluster/dns";
import { componentStatus, problem, restartsHint, type ComponentStatus } from "./cluster/health";
import { daemons, end, launch, removeState } from "./cluster/launch";
import { exclusively } from "./cluster/lock";
import { deleteLostPods } from "./cluster/lost-pods";
import { metricsObjects } from "./cluster/metrics";
import { networkPolicyObjects } from "./cluster/network-policies";
import { demandFreeNetwork, hostRoutes, isAttached } from "./cluster/network";
import { findInit, startedAt, type LabProcess } from "./cluster/process";
import { storageObjects } from "./cluster/storage";
import { silentWebhooks } from "./cluster/webhooks";
import { run } from "./command";
import { demandDebian } from "./packages";
import { kubeconfig } from "./paths";
import { step } from "./progress";

export interface ClusterStatus {
  running: boolean;
  healthy: boolean;
  /** Reason the cluster is not healthy, for the user. Undefined if it is healthy. */
  problem?: string;
  /** Start time. Undefined if the cluster does not run. */
  since?: Date;
  node: string;
  apiServer: string;
  kubeconfig: string;
  /** Directory of all log files. */
  logs: string;
  /** Log file of the notifications that the receiver was sent. */
  notifications: string;
  components: ComponentStatus[];
}

export interface StartOptions {
  /** Time limit for the cluster to become ready, in seconds. Default: 180. */
  timeoutSeconds?: number;
}

/** Time limit for a running cluster that does not respond to recover, in seconds. It is then restarted. */
const patienceSeconds = 30;

/** Time limit for the operators of a restarted lab to accept connections, in seconds. */
const operatorSeconds = 60;

/** Throws if this machine cannot run the lab: not root, not Debian, or the lab's network range is in use. */
export async function demandMachine(): Promise<void> {
  demandDebian();
  demandFreeNetwork(await hostRoutes());
}

/**
 * Starts the cluster, or finds it running, and returns when its node is ready. Restarts a cluster that is incomplete or
 * does not respond, and keeps its data. Waits while another process starts or stops the lab.
 *
 * @throws Error before any change if this machine cannot run the lab (not root, not Debian, network range in use)
 * @throws Error after `timeoutSeconds` if the cluster is not ready, with what is missing and the directory of the logs
 */
export async function start(options: StartOptions = {}): Promise<ClusterStatus> {
  await demandMachine();
  return exclusively(() => bringUp(options));
}

async function bringUp({ timeoutSeconds = 180 }: StartOptions): Promise<ClusterStatus> {
  const running = findInit();
  if (running && (await recovers(running))) return status();
  const init = await launch();
  await step("Waiting for the node to be ready", () => complete(init, timeoutSeconds));
  await awaitOperators();
  return status();
}

/**
 * Waits for the operators of an existing lab, whose pods the node restarts. Reports those that do not respond in time;
 * the start succeeds without them.
 */
async function awaitOperators(): Promise<void> {
  const deadline = Date.now() + operatorSeconds * 1000;
  let silent = await silentWebhooks();
  if (silent.length === 0) return;
  await step("Waiting for the operators", async () => {
    while (silent.length > 0 && Date.now() < deadline) {
      await sleep(500);
      silent = await silentWebhooks();
    }
  });
  if (silent.length > 0) console.log(`  ... ${silent.join(", ")} accepted no connection in ${operatorSeconds} s`);
}

/** Returns true if the running lab is healthy, or becomes healthy without a restart. */
async function recovers(init: LabProcess): Promise<boolean> {
  const found = await problem(init);
  if (found) console.log(`  ... the lab runs, but ${found}`);
  try {
    if (await isAttached()) {
      await complete(init, patienceSeconds);
      return true;
    }
  } catch (error) {
    console.log(`  ... ${(error as Error).message}`);
  }
  console.log("  ... starting it again");
  return false;
}

/** Kubernetes objects for the components that run as processes on the node. */
const ownObjects = () => [
  ...dnsObjects,
  ...storageObjects,
  ...networkPolicyObjects,
  ...metricsObjects(certificateAuthority()),
];

/** Applies the lab's own objects and waits until the cluster is healthy. */
async function complete(init: LabProcess, timeoutSeconds: number): Promise<void> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  let applied = false;
  for (;;) {
    if (findInit()?.pid !== init.pid)
      throw new Error(`The lab's first process has ended; its log: ${join(logs, "init.log")}`);
    let missing: string | undefined;
    try {
      if (!applied) for (const object of ownObjects()) await apply(object);
      applied = true;
      missing = await problem(init);
      if (!missing) return await deleteLostPods(startedAt(init));
    } catch (error) {
      missing = (error as Error).message;
    }
    if (Date.now() > deadline)
      throw new Error(
        `The lab is not ready after ${timeoutSeconds} s: ${missing}. The logs are in ${logs}${restartsHint(init)}`,
      );
    await sleep(200);
  }
}

/** Stops the lab and removes everything of it from this machine, including its data. Keeps the cache. */
export async function stop(): Promise<void> {
  demandDebian();
  await exclusively(remove);
}

const remove = () => step("Removing the lab", () => end().then(removeState));

/** Replaces the lab with a new, empty cluster. Holds the lock in between. Throws as `start` does. */
export async function reset(options: StartOptions = {}): Promise<ClusterStatus> {
  await demandMachine();
  return exclusively(() => remove().then(() => bringUp(options)));
}

/** Returns the state of the cluster and how to reach it. Changes nothing. */
export async function status(): Promise<ClusterStatus> {
  const init = findInit();
  const found = init ? await problem(init) : "it does not run";
  return {
    running: init !== undefined,
    healthy: !found,
    problem: found,
    since: init && new Date(startedAt(init)),
    node: nodeName,
    apiServer,
    kubeconfig,
    logs,
    notifications,
    components: init ? componentStatus(init) : [],
  };
}

/**
 * Runs containerd's `ctr` against the running lab and returns its output. The cluster's images are in the namespace
 * `k8s.io`.
 */
export async function ctr(args: readonly string[]): Promise<string> {
  return run(join(await daemons(), "usr/bin/ctr"), ["--address", containerdSocket, ...args]);
}
