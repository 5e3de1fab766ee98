/** Waits until a rollout is over, inside the cluster. Each answer is the API server's latest, from no cache. */
import { setTimeout as sleep } from "node:timers/promises";
import { ask, namespace } from "../cluster-api";
import { troubles, waitsFor, type Deployment, type Pod } from "./progress";
import { serversWaitFor, type ServerPod, type ServersCluster, type ServersRollout } from "./servers";

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

/** Why the rollout is not over although it had so many seconds to make some progress; undefined once it is. */
export async function rolledOut(rollout: Rollout, seconds: number): Promise<string | undefined> {
  const later = () => Date.now() + seconds * 1000;
  let end = later();
  let last: string | undefined;
  while (Date.now() < end) {
    // An API server that cannot be asked for a moment is no failed rollout.
    const reason = await progress(rollout).catch((error: Error) => error.message);
    if (reason === undefined) return undefined;
    if (reason !== last) end = later();
    last = reason;
    await sleep(1000);
  }
  return [`no progress for ${seconds} s: ${last}`, ...troubles(await pods<Pod>(rollout))].join("\n  ");
}

async function progress(rollout: Rollout): Promise<string | undefined> {
  if ("deployment" in rollout) {
    const { deployment, revision } = rollout;
    return waitsFor(
      await ask<Deployment>(`/apis/apps/v1/namespaces/${namespace()}/deployments/${deployment}`),
      revision,
    );
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
