/**
 * The lab's cluster: a real Kubernetes of one node on this machine, in namespaces of its own. There is one on a machine;
 * every checkout finds the same. Its data is in `state` and survives a reboot; `start` then brings it back.
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
  /** Why it is not healthy, in words for the user. */
  problem?: string;
  /** When it was started. */
  since?: Date;
  node: string;
  apiServer: string;
  kubeconfig: string;
  /** The directory of all log files. */
  logs: string;
  /** The file of the notifications that were sent. */
  notifications: string;
  components: ComponentStatus[];
}

export interface StartOptions {
  /** How long the node may take to be ready. Default: 180. */
  timeoutSeconds?: number;
}

/** How long a cluster that runs but does not answer may take to come round before it is started again. */
const patienceSeconds = 30;

/** How long the operators of a lab that is started again may take. */
const operatorSeconds = 60;

/** Throws if the machine cannot have a lab: not root, not Debian, its network taken. */
export async function demandMachine(): Promise<void> {
  demandDebian();
  demandFreeNetwork(await hostRoutes());
}

/**
 * Starts the cluster, or finds it running, and returns when its node is ready. One that was started half, or that does not
 * answer any more, is started again with its data. Waits while another start or stop is at work. Throws if the machine
 * cannot have a lab (not root, not Debian, its network taken), before anything changes, and if the cluster is not ready after
 * `timeoutSeconds` (default 180), with what is missing and where the logs are.
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

/** A lab that was there before has operators, which the node is starting again now. One that never comes is not the lab's. */
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

/** Whether the lab that runs is whole and healthy, or can be made so without starting it again. */
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

/** What the parts that run as processes on the node need in the cluster. */
const ownObjects = () => [
  ...dnsObjects,
  ...storageObjects,
  ...networkPolicyObjects,
  ...metricsObjects(certificateAuthority()),
];

/** Gives the cluster what it needs to work, and waits until it does. */
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

/** Ends the lab and removes everything of it from this machine, its data too, except the cache. */
export async function stop(): Promise<void> {
  demandDebian();
  await exclusively(remove);
}

const remove = () => step("Removing the lab", () => end().then(removeState));

/** A new, empty cluster in the place of what is there; no other start or stop comes between. Throws as `start` does. */
export async function reset(options: StartOptions = {}): Promise<ClusterStatus> {
  await demandMachine();
  return exclusively(() => remove().then(() => bringUp(options)));
}

/** What runs, and how to reach it. Changes nothing. */
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

/** Runs containerd's `ctr` against the running lab and returns what it prints. Images are in its namespace `k8s.io`. */
export async function ctr(args: readonly string[]): Promise<string> {
  return run(join(await daemons(), "usr/bin/ctr"), ["--address", containerdSocket, ...args]);
}
