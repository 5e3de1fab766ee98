/** The Deployments that are watched, and what the watch keeps with them. */
import { ask, namespace } from "../../kubernetes/in-pod/cluster-api";
import type { DeploymentRollout } from "../../workload/in-pod/wait";
import { revisionAnnotation } from "../../workload/revision";
import { takenBackAnnotation, watchedAnnotation, type TakenBack, type Watched } from "../record";
import type { Template } from "./template";

export interface Deployment {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly template: Template };
}

const pathOf = (name: string) => `/apis/apps/v1/namespaces/${namespace()}/deployments/${name}`;

/** Reads the Deployments, in order. */
export const deploymentsOf = (rollouts: readonly DeploymentRollout[]): Promise<Deployment[]> =>
  Promise.all(rollouts.map(({ deployment }) => ask<Deployment>(pathOf(deployment))));

/** Changes a Deployment by a strategic merge patch. */
export const change = (name: string, body: object): Promise<unknown> =>
  ask(`${pathOf(name)}?fieldManager=runsheet-watch`, { method: "PATCH", body });

/** The release that last passed the watch. Undefined if none has. */
export const watchedOf = (deployment: Deployment): Watched | undefined => read(deployment, watchedAnnotation);

/** The release that the watch took back last. Undefined if it has passed again since. */
export const takenBackOf = (deployment: Deployment): TakenBack | undefined => read(deployment, takenBackAnnotation);

/** The revision of a Deployment's pods. */
export const revisionOf = ({ metadata }: Deployment): string | undefined => metadata.annotations?.[revisionAnnotation];

/** Keeps that a release has passed. */
export async function keepPassed(
  rollouts: readonly DeploymentRollout[],
  passed: Omit<Watched, "revision">,
): Promise<void> {
  for (const { deployment, revision } of rollouts) {
    const watched: Watched = { ...passed, revision };
    const annotations = { [watchedAnnotation]: JSON.stringify(watched), [takenBackAnnotation]: null };
    await change(deployment, { metadata: { annotations } });
  }
}

function read<Value>({ metadata }: Deployment, annotation: string): Value | undefined {
  const text = metadata.annotations?.[annotation];
  return text === undefined ? undefined : (JSON.parse(text) as Value);
}
