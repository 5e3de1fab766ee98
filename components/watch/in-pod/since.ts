/** Time of a rollout, as the cluster knows it. */
import { ask, namespace } from "../../kubernetes/in-pod/cluster-api";
import { ofDeployment, podsWith } from "../../workload/in-pod/pods";

interface Progressing {
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly lastUpdateTime: string }[];
  };
}

interface Pod {
  readonly metadata: { readonly creationTimestamp: string; readonly deletionTimestamp?: string };
}

const hour = 3_600_000;

/**
 * Returns the time at which the last rollout of these Deployments began: the creation of the oldest pod, or the rollout's
 * end where all pods are younger, since a node may have been lost after it. Deployments that rolled within an hour of each
 * other belong to one rollout. `now` if none has rolled within a day: then something else was deployed, such as a schema.
 */
export async function rolledSince(deployments: readonly string[], now: Date): Promise<Date> {
  const starts = (await Promise.all(deployments.map(startOf))).flat();
  const newest = Math.max(...starts);
  if (starts.length === 0 || now.getTime() - newest > 24 * hour) return now;
  return new Date(Math.min(...starts.filter((start) => newest - start < hour)));
}

/** Empty for a Deployment without pods. */
async function startOf(deployment: string): Promise<number[]> {
  const path = `/apis/apps/v1/namespaces/${namespace()}/deployments/${deployment}`;
  const [{ status }, pods] = await Promise.all([ask<Progressing>(path), podsWith<Pod>(ofDeployment(deployment))]);
  const current = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const ends = (status.conditions ?? []).filter(({ type }) => type === "Progressing");
  const times = [
    ...current.map(({ metadata }) => metadata.creationTimestamp),
    ...(current.length > 0 ? ends.map(({ lastUpdateTime }) => lastUpdateTime) : []),
  ];
  return times.length === 0 ? [] : [Math.min(...times.map((time) => Date.parse(time)))];
}
