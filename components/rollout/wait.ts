/** Waits until a rollout is over, inside the cluster. Each answer is the API server's latest, from no cache. */
import { setTimeout as sleep } from "node:timers/promises";
import { ask, namespace } from "../cluster-api";
import { troubles, waitsFor, type Deployment, type Pod } from "./progress";

/** A Deployment of the pod's own namespace, and the description of its pods that it must have rolled out. */
export interface Rollout {
  readonly deployment: string;
  readonly revision: string;
}

/** Why the rollout is not over although it had so many seconds to make some progress; undefined once it is. */
export async function rolledOut({ deployment, revision }: Rollout, seconds: number): Promise<string | undefined> {
  const later = () => Date.now() + seconds * 1000;
  let end = later();
  let last: string | undefined;
  while (Date.now() < end) {
    const reason = await progress(deployment, revision);
    if (reason === undefined) return undefined;
    if (reason !== last) end = later();
    last = reason;
    await sleep(1000);
  }
  const query = `labelSelector=${encodeURIComponent(`app.kubernetes.io/name=${deployment}`)}`;
  const { items } = await ask<{ items: Pod[] }>(`/api/v1/namespaces/${namespace()}/pods?${query}`);
  return [`no progress for ${seconds} s: ${last}`, ...troubles(items)].join("\n  ");
}

/** An API server that cannot be asked for a moment is no failed rollout. */
const progress = (deployment: string, revision: string) =>
  ask<Deployment>(`/apis/apps/v1/namespaces/${namespace()}/deployments/${deployment}`).then(
    (found) => waitsFor(found, revision),
    (error: Error) => error.message,
  );
