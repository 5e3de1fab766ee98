/**
 * Writers to a system's database in its namespace: the pods of Deployments, CronJobs, and the Jobs that CronJobs have
 * started. They are stopped and started again, and left to Pulumi as they were.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ask, namespace, unlessMissing } from "../../kubernetes/in-pod/cluster-api";
import { isOf } from "../../kubernetes/of-system";

/** Objects that were stopped, by name. */
export interface StoppedWriters {
  /** Number of replicas of each Deployment. */
  readonly deployments: Readonly<Record<string, number>>;
  readonly cronJobs: readonly string[];
  readonly jobs: readonly string[];
}

interface Metadata {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
}

interface Deployment {
  readonly metadata: Metadata;
  readonly spec: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  };
}

interface Suspendable {
  readonly metadata: Metadata;
  readonly spec: { readonly suspend?: boolean };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

interface Pod {
  readonly metadata: Metadata;
  readonly status: { readonly phase?: string };
}

const path = (group: string, kind: string) => `/apis/${group}/v1/namespaces/${namespace()}/${kind}`;
const list = async <Item>(where: string) => (await ask<{ items: readonly Item[] }>(where)).items;
const manager = "fieldManager=runsheet-restore";

/**
 * Lists what runs and would write, and what an earlier run has stopped.
 * @param earlier what that run recorded. Default: there was none
 * @param system lists what is this system's alone, in a namespace with other things. Default: all of the namespace
 */
export async function runningWriters(earlier?: StoppedWriters, system?: string): Promise<StoppedWriters> {
  const isOurs = system === undefined ? () => true : isOf(system);
  const deployments = (await list<Deployment>(path("apps", "deployments"))).filter(isOurs);
  const cronJobs = (await list<Suspendable>(path("batch", "cronjobs"))).filter(isOurs);
  const jobs = (await list<Suspendable>(path("batch", "jobs"))).filter(isOurs);
  const names = (items: readonly Suspendable[]) =>
    items.filter(({ spec }) => !spec.suspend).map(({ metadata }) => metadata.name);
  return {
    deployments: {
      ...earlier?.deployments,
      ...Object.fromEntries(
        deployments.flatMap(({ metadata, spec }) => {
          const replicas = spec.replicas ?? 1;
          return replicas === 0 ? [] : [[metadata.name, replicas]];
        }),
      ),
    },
    cronJobs: union(earlier?.cronJobs, names(cronJobs)),
    jobs: union(earlier?.jobs, names(jobs.filter(isUnfinishedRun))),
  };
}

const union = (one: readonly string[] = [], other: readonly string[]) => [...new Set([...one, ...other])].sort();

const isUnfinishedRun = ({ metadata, status }: Suspendable) =>
  (metadata.ownerReferences ?? []).some(({ kind }) => kind === "CronJob") &&
  !(status?.conditions ?? []).some(({ type, status }) => ["Complete", "Failed"].includes(type) && status === "True");

/**
 * Stops the writers, and waits until none of their pods is left. An autoscaler leaves a Deployment without replicas
 * alone.
 * @throws Error with the pods that are left after so many seconds
 */
export async function stopWriters(writers: StoppedWriters, seconds: number): Promise<void> {
  for (const name of writers.cronJobs) await suspend("cronjobs", name, true);
  for (const name of writers.jobs) await suspend("jobs", name, true);
  for (const name of Object.keys(writers.deployments)) await scale(name, 0);
  for (const end = Date.now() + seconds * 1000; ; await sleep(1000)) {
    const left = await podsOf(writers);
    if (left.length === 0) return;
    if (Date.now() > end) throw new Error(`these pods did not end within ${seconds} s: ${left.join(", ")}`);
  }
}

/** Starts the writers again, each as it was. What was deleted meanwhile stays deleted. */
export async function startWriters({ deployments, cronJobs, jobs }: StoppedWriters): Promise<void> {
  for (const [name, replicas] of Object.entries(deployments)) await scale(name, replicas);
  for (const name of jobs) await suspend("jobs", name, false);
  for (const name of cronJobs) await suspend("cronjobs", name, false);
}

async function podsOf({ deployments, jobs }: StoppedWriters): Promise<string[]> {
  const selected = await list<Deployment>(path("apps", "deployments"));
  const selectors = [
    ...selected
      .filter(({ metadata }) => metadata.name in deployments)
      .map(({ spec }) =>
        Object.entries(spec.selector.matchLabels)
          .map(([key, value]) => `${key}=${value}`)
          .join(","),
      ),
    ...jobs.map((name) => `batch.kubernetes.io/job-name=${name}`),
  ];
  const pods = await Promise.all(
    selectors.map((selector) =>
      list<Pod>(`/api/v1/namespaces/${namespace()}/pods?labelSelector=${encodeURIComponent(selector)}`),
    ),
  );
  return pods
    .flat()
    .filter(({ status }) => status.phase !== "Succeeded" && status.phase !== "Failed")
    .map(({ metadata }) => metadata.name)
    .sort();
}

/** Changes the number of replicas by the subresource, which leaves the field without an owner: Pulumi's stays its own. */
const scale = (deployment: string, replicas: number) =>
  patch(`${path("apps", "deployments")}/${deployment}/scale?${manager}`, { spec: { replicas } });

const suspend = (kind: "cronjobs" | "jobs", name: string, suspended: boolean) =>
  patch(`${path("batch", kind)}/${name}?${manager}`, { spec: { suspend: suspended } });

async function patch(where: string, body: object): Promise<void> {
  await ask(where, { method: "PATCH", body }).catch(unlessMissing);
}
