/** Waits until a rollout is over, inside the cluster. Each answer is the API server's latest, from no cache. */
import { setTimeout as sleep } from "node:timers/promises";
import { ask, namespace } from "../../kubernetes/in-pod/cluster-api";
import { troubles, waitsFor, type Deployment, type Pod } from "./progress";
import { serversWaitFor, type ServerPod, type ServersCluster, type ServersRollout, type Waiting } from "./servers";

/** A Deployment of the pod's own namespace, and the description of its pods that it must have rolled out. */
export interface DeploymentRollout {
  readonly deployment: string;
  readonly revision: string;
}

/** What is waited for: the pods of a Deployment, or the servers of a database. */
export type Rollout = DeploymentRollout | ServersRollout;

/** What a rollout is of. */
export const rolloutName = (rollout: Rollout): string =>
  "deployment" in rollout ? rollout.deployment : rollout.cluster;

/** For how many seconds servers may all be new and not be done, before it is left to others to say what is wrong with them. */
const patience = 120;

/**
 * Why the rollout is not over although it had so many seconds to make some progress; undefined once it is. Servers of which none is
 * of before are waited for, but are no failure of their rollout: a replica whose node is lost keeps nobody from deploying.
 */
export async function rolledOut(rollout: Rollout, seconds: number): Promise<string | undefined> {
  let start = Date.now();
  let last: Waiting | undefined;
  for (;;) {
    // An API server that cannot be asked for a moment is no failed rollout, and makes no server older.
    const waiting = await progress(rollout).catch(({ message }: Error) => ({
      reason: message,
      outdated: last?.outdated ?? true,
    }));
    if (waiting === undefined) return undefined;
    // Once all servers are new, what is said of them is no progress: a replica that comes and goes has much to say.
    if (waiting.outdated ? waiting.reason !== last?.reason : last?.outdated) start = Date.now();
    last = waiting;
    if (Date.now() - start >= (waiting.outdated ? seconds : Math.min(seconds, patience)) * 1000) break;
    await sleep(1000);
  }
  if (!last.outdated) return void console.log(`       ${rolloutName(rollout)}: ${last.reason}`);
  return [`no progress for ${seconds} s: ${last.reason}`, ...troubles(await pods<Pod>(rollout))].join("\n  ");
}

async function progress(rollout: Rollout): Promise<Waiting | undefined> {
  if ("deployment" in rollout) {
    const { deployment, revision } = rollout;
    const path = `/apis/apps/v1/namespaces/${namespace()}/deployments/${deployment}`;
    const reason = waitsFor(await ask<Deployment>(path), revision);
    return reason === undefined ? undefined : { reason, outdated: true };
  }
  const path = `/apis/postgresql.cnpg.io/v1/namespaces/${namespace()}/clusters/${rollout.cluster}`;
  return serversWaitFor(await ask<ServersCluster>(path), await pods<ServerPod>(rollout), rollout);
}

async function pods<Found>(rollout: Rollout): Promise<Found[]> {
  const selector =
    "deployment" in rollout
      ? `app.kubernetes.io/name=${rollout.deployment}`
      : `cnpg.io/cluster=${rollout.cluster},cnpg.io/podRole=instance`;
  const query = `labelSelector=${encodeURIComponent(selector)}`;
  return (await ask<{ items: Found[] }>(`/api/v1/namespaces/${namespace()}/pods?${query}`)).items;
}
