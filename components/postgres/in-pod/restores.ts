/** Restores that are at work in the pod's namespace. */
import { setTimeout as sleep } from "node:timers/promises";
import { ask, namespace, unlessMissing } from "../../kubernetes/in-pod/cluster-api";
import { hibernation } from "../names";

interface Conditions {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

interface Job {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly suspend?: boolean;
    readonly template: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } };
  };
  readonly status?: Conditions;
}

interface Cluster {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly bootstrap?: { readonly recovery?: object } };
  /** Its first server writes `currentPrimary` when it has recovered, and the name of one stays there. */
  readonly status?: { readonly currentPrimary?: string };
}

const pollMilliseconds = 30_000;

const holds = (status: Conditions | undefined, ...types: readonly string[]) =>
  status?.conditions?.some((each) => types.includes(each.type) && each.status === "True") ?? false;

/** Jobs of a system's restores, restore tests and rehearsals: they are named so. */
const restores = ({ spec, status }: Job) =>
  /-restored?(-|$)/.test(spec.template.metadata?.labels?.["app.kubernetes.io/name"] ?? "") &&
  !spec.suspend &&
  !holds(status, "Complete", "Failed");

/**
 * Clusters that are not yet what they were restored to. One that is stopped reads nothing. One that was restored long ago
 * keeps its `bootstrap`, and is not ready whenever one of its servers is down.
 */
const recovers = ({ metadata, spec, status }: Cluster) =>
  spec.bootstrap?.recovery !== undefined && metadata.annotations?.[hibernation] !== "on" && !status?.currentPrimary;

/** Lists what reads backups now: "the Job prism-restore-...", "the Cluster prism-postgresql". */
export async function restoresAtWork(): Promise<string[]> {
  const list = async <Item>(path: string) =>
    (await ask<{ items: Item[] }>(`/apis/${path}`).catch(unlessMissing))?.items ?? [];
  const jobs = await list<Job>(`batch/v1/namespaces/${namespace()}/jobs`);
  // A cluster without the operator has no such objects.
  const clusters = await list<Cluster>(`postgresql.cnpg.io/v1/namespaces/${namespace()}/clusters`);
  return [
    ...jobs.filter(restores).map(({ metadata }) => `the Job ${metadata.name}`),
    ...clusters.filter(recovers).map(({ metadata }) => `the Cluster ${metadata.name}`),
  ];
}

/**
 * Waits until no restore is at work. Says what it waits for, once for each.
 * @throws Error with what is still at work after `seconds`, or with what the API server said last
 */
export async function untilNoRestore(seconds: number, say: (line: string) => void): Promise<void> {
  const said = new Set<string>();
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    // An API server that does not answer for a while does not mean that nothing is restored.
    const found = await restoresAtWork().catch((error: Error) => [`an answer of the API server (${error.message})`]);
    if (found.length === 0) return;
    if (Date.now() > deadline)
      throw new Error(`nothing was deleted: a restore may need it. Still at work: ${found.join(", ")}`);
    for (const each of found.filter((each) => !said.has(each))) {
      say(`waits for ${each}`);
      said.add(each);
    }
    await sleep(pollMilliseconds);
  }
}
