/** How far a rollout is, from what Kubernetes says of the Deployment and its pods. */
import { revisionAnnotation } from "../revision";

/** As much of a Deployment as this reads. */
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

/** As much of a pod as this reads. */
export interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly containerStatuses?: readonly {
      readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
    }[];
  };
}

/** What the rollout of a revision still waits for; undefined if it is over: every pod is of it and takes requests. */
export function waitsFor({ metadata, spec, status }: Deployment, revision: string): string | undefined {
  const given = metadata.annotations?.[revisionAnnotation];
  if (given !== revision) return `the Deployment is at the revision ${given ?? "of somebody else"}, not at ${revision}`;
  if ((status.observedGeneration ?? 0) < metadata.generation) return "Kubernetes has not seen the Deployment yet";
  const { updatedReplicas = 0, availableReplicas = 0, replicas = 0 } = status;
  if (updatedReplicas < spec.replicas) return `${updatedReplicas} of ${spec.replicas} pods are new`;
  if (replicas > updatedReplicas) return `${replicas - updatedReplicas} of the old pods are left`;
  return availableReplicas < spec.replicas ? `${availableReplicas} of ${spec.replicas} pods are available` : undefined;
}

/** Why pods do not start, in Kubernetes' words. */
export const troubles = (pods: readonly Pod[]): string[] =>
  pods.flatMap(({ metadata, status }) =>
    (status.containerStatuses ?? []).flatMap(({ state }) => {
      const { reason, message } = state?.waiting ?? {};
      return reason && reason !== "ContainerCreating"
        ? [`${metadata.name}: ${reason}${message ? `: ${message}` : ""}`]
        : [];
    }),
  );
