/** Pods that the end of a machine made unable to go on. */
import { get, remove } from "./api";
import { isBefore } from "./process";

export interface Pod {
  metadata: { name: string; namespace: string; creationTimestamp: string; ownerReferences?: unknown[] };
  spec: { restartPolicy: string };
  status: { phase: string };
}

/**
 * Whether the pod waits for ever. The kubelet does not start one again that is of an earlier start of the node, is to run
 * once, and had a container that was made and not yet started (kubernetes/kubernetes#118321); its Job takes it for alive.
 */
export function isLost({ metadata, spec, status }: Pod, nodeStarted: number): boolean {
  const owned = (metadata.ownerReferences ?? []).length > 0;
  const waits = spec.restartPolicy === "Never" && status.phase === "Pending";
  return waits && owned && isBefore(metadata.creationTimestamp, nodeStarted);
}

/** Deletes the pods that are lost; their owners make others. */
export async function deleteLostPods(nodeStarted: number): Promise<void> {
  const { items } = await get<{ items: Pod[] }>("/api/v1/pods?fieldSelector=status.phase%3DPending");
  for (const pod of items.filter((pod) => isLost(pod, nodeStarted))) {
    const { namespace, name } = pod.metadata;
    console.log(`  ... the pod ${namespace}/${name} was lost with the lab's last end: it is made again`);
    await remove(`/api/v1/namespaces/${namespace}/pods/${name}`);
  }
}
