/** Waits for a rollout, inside the cluster. Each request reads the API server's current state, from no cache. */
import { setTimeout as sleep } from "node:timers/promises";
import { ask, namespace } from "../../kubernetes/in-pod/cluster-api";
import { ofDeployment, podsWith } from "./pods";
import { troubles, waitsFor, type Deployment, type Pod } from "./progress";
import { serversWaitFor, type ServerPod, type ServersCluster, type ServersRollout, type Waiting } from "./servers";

/** Deployment in the pod's namespace, and the revision of its pods to wait for. */
export interface DeploymentRollout {
  readonly deployment: string;
  readonly revision: string;
}

/** Rollout to wait for: the pods of a Deployment, or the servers of a database. */
export type Rollout = DeploymentRollout | ServersRollout;

/** Returns the name of the rollout's Deployment or Cluster. */
export const rolloutName = (rollout: Rollout): string =>
  "deployment" in rollout ? rollout.deployment : rollout.cluster;

/**
 * Limit for servers that are all up to date and not healthy, in seconds. After that other checks have to report the
 * fault.
 */
const patience = 120;

/**
 * Waits for a rollout, up to the given time without progress. Resolves to the reason of a failure, or undefined.
 *
 * Servers that are all up to date are waited for, but do not fail their rollout: a replica whose node is lost blocks no
 * deployment.
 */
export async function rolledOut(rollout: Rollout, seconds: number): Promise<string | undefined> {
  let start = Date.now();
  let last: Waiting | undefined;
  for (;;) {
    // An API server that does not answer for a moment is no failed rollout, and outdates no server.
    const waiting = await progress(rollout).catch(({ message }: Error) => ({
      reason: message,
      outdated: last?.outdated ?? true,
    }));
    if (waiting === undefined) return undefined;
    // Once all servers are up to date, changes of the reason are no progress: a flapping replica would cause many.
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

const pods = <Found>(rollout: Rollout): Promise<Found[]> =>
  podsWith(
    "deployment" in rollout
      ? ofDeployment(rollout.deployment)
      : `cnpg.io/cluster=${rollout.cluster},cnpg.io/podRole=instance`,
  );
