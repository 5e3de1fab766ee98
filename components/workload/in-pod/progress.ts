/** Progress of a rollout, from the status of the Deployment and its pods. */
import { revisionAnnotation } from "../revision";

/** Fields of a Deployment that are used here. */
export interface Deployment {
  readonly metadata: { readonly generation: number; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly replicas: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

/** Fields of a pod that are used here. */
export interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly containerStatuses?: readonly {
      readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
    }[];
  };
}

/** Explains what the rollout of a revision waits for. Undefined once every pod is of that revision and available. */
export function waitsFor({ metadata, spec, status }: Deployment, revision: string): string | undefined {
  const given = metadata.annotations?.[revisionAnnotation];
  if (given !== revision) return `the Deployment has the revision ${given ?? "of another tool"}, expected ${revision}`;
  if ((status.observedGeneration ?? 0) < metadata.generation) return "Kubernetes has not processed the change yet";
  const { updatedReplicas = 0, availableReplicas = 0, replicas = 0 } = status;
  if (updatedReplicas < spec.replicas) return `${updatedReplicas} of ${spec.replicas} pods are new`;
  if (replicas > updatedReplicas) return `${replicas - updatedReplicas} of the old pods are left`;
  return availableReplicas < spec.replicas ? `${availableReplicas} of ${spec.replicas} pods are available` : undefined;
}

/** Lists the reasons for which pods do not start, as Kubernetes reports them. */
export const troubles = (pods: readonly Pod[]): string[] =>
  pods.flatMap(({ metadata, status }) =>
    (status.containerStatuses ?? []).flatMap(({ state }) => {
      const { reason, message } = state?.waiting ?? {};
      return reason && reason !== "ContainerCreating"
        ? [`${metadata.name}: ${reason}${message ? `: ${message}` : ""}`]
        : [];
    }),
  );
