/** Limits of what a pod may take of its node, so that one pod cannot stop the others there. */
import { mebibytes } from "./quantity";

/** Requests and limits of a container, as quantities of Kubernetes. */
export interface Resources {
  readonly requests: Readonly<Record<"cpu" | "memory", string>> & { readonly "ephemeral-storage"?: string };
  readonly limits?: { readonly cpu?: string; readonly memory?: string };
}

/** Size of a directory for temporary files. A pod that writes more is evicted. */
export const temporary = "1Gi";

/** Memory limit of a container whose resources name none. */
const memory = "1Gi";

/** Usual requests of a pod. */
export const usualRequests = { cpu: "20m", memory: "64Mi" };

/** Usual requests, with another memory limit. */
export const withMemoryLimit = (memory: string): Resources => ({ requests: usualRequests, limits: { memory } });

/** Request of the node's disk for what most pods write. */
const usual = "64Mi";

/** Space for what a container prints and for the files that it writes elsewhere. */
const output = "256Mi";

/**
 * Adds the limits that are missing: memory, at 1Gi or the request if that is more, and space on the node's disk, as much
 * as the pod's directories may hold and 256Mi. The processor has no limit, since a share of it is taken from nobody.
 * @param scratch sizes of the volumes on the node's disk, beside the two for temporary files
 */
export function limited({ requests, limits }: Resources, scratch: readonly string[]) {
  const disk = [temporary, temporary, output, ...scratch].reduce((sum, size) => sum + mebibytes(size), 0);
  const asked = { "ephemeral-storage": usual, ...requests };
  const storage = Math.max(disk, mebibytes(asked["ephemeral-storage"]));
  return {
    // Without a request, Kubernetes takes the limit as one.
    requests: asked,
    limits: { memory: larger(memory, requests.memory), "ephemeral-storage": `${storage}Mi`, ...limits },
  };
}

const larger = (one: string, other: string) => (mebibytes(one) < mebibytes(other) ? other : one);
