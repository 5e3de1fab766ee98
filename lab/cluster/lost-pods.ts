/** Pods that cannot start any more after an abrupt end of the machine. */
import { get, remove } from "./api";
import { isBefore } from "./process";

export interface Pod {
  metadata: { name: string; namespace: string; creationTimestamp: string; ownerReferences?: unknown[] };
  spec: { restartPolicy: string };
  status: { phase: string };
}

/**
 * Returns true if the pod would stay pending for ever. The kubelet does not start a pod again that was created before
 * the node's start, has the restart policy Never, and had a container that was created but not started
 * (kubernetes/kubernetes#118321). Its Job still counts it as active.
 */
export function isLost({ metadata, spec, status }: Pod, nodeStarted: number): boolean {
  const owned = (metadata.ownerReferences ?? []).length > 0;
  const waits = spec.restartPolicy === "Never" && status.phase === "Pending";
  return waits && owned && isBefore(metadata.creationTimestamp, nodeStarted);
}

/** Deletes the lost pods. Their owners create new ones. */
export async function deleteLostPods(nodeStarted: number): Promise<void> {
  const { items } = await get<{ items: Pod[] }>("/api/v1/pods?fieldSelector=status.phase%3DPending");
  for (const pod of items.filter((pod) => isLost(pod, nodeStarted))) {
    const { namespace, name } = pod.metadata;
    console.log(`  ... the pod ${namespace}/${name} was lost with the lab's last end: it is made again`);
    await remove(`/api/v1/namespaces/${namespace}/pods/${name}`);
  }
}
