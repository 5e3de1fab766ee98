/**
 * Checks of the systems' databases, in the cluster: only a pod reaches them. They are the ones that an `up` does before it
 * changes anything, as Jobs of their own: verify scripts of every change, rights, versions, archive. Nothing is mended.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Patch, Read } from "../components/kubernetes/kubeconfig";
import { listPath, objectPath } from "../components/kubernetes/object-path";
import type { Change } from "../engine/change";
import type { Finding } from "./finding";

/** Manager of what a search for drift writes. */
export const manager = "runsheet-drift";

export interface Client {
  readonly read: Read;
  readonly patch: Patch;
}

/** Ends of the names of the tasks that are done again. */
const checks = ["prerequisites", "schema-check", "schema"];

/** Seconds until a Job that has ended is removed: its result was read by then. */
const keptSeconds = 30;
const pauseMilliseconds = 1000;

interface Job {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly activeDeadlineSeconds?: number;
    readonly template: { readonly metadata?: { readonly labels?: object }; readonly spec: PodSpec };
  };
  readonly status?: { readonly succeeded?: number; readonly failed?: number };
}

interface PodSpec {
  readonly containers: readonly { readonly command?: readonly string[] }[];
}

interface PodList {
  readonly items: readonly {
    readonly status: {
      readonly containerStatuses?: readonly {
        readonly state: { readonly terminated?: { readonly message?: string } };
      }[];
    };
  }[];
}

/**
 * Runs the checks of all systems at once, and lists those that fail. A check that never ran, or whose Job is gone, is left
 * out: a refresh finds that.
 * @param id text that makes the Jobs' names new
 * @throws Error if the API server refuses it
 */
export async function failedChecks(resources: readonly Change[], client: Client, id: string): Promise<Finding[]> {
  const tasks = resources.filter(
    ({ type, system, name, operation }) =>
      type === "kubernetes:batch/v1:Job" &&
      operation !== "delete" &&
      checks.some((check) => name === `${system}-${check}`),
  );
  const found = await Promise.all(tasks.map((task) => runAgain(task, client, id)));
  return found.filter((finding) => finding !== undefined);
}

async function runAgain(task: Change, client: Client, id: string): Promise<Finding | undefined> {
  const { name, namespace } = task.before!.outputs.metadata as Job["metadata"];
  const there = await client.read<Job>(
    objectPath({ apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace } }),
  );
  if (!there) return undefined;
  const copy = copyOf(there, `${task.name}-drift-${id}`);
  const path = objectPath(copy);
  await client.patch(`${path}?fieldManager=${manager}`, "application/apply-patch+yaml", copy);
  for (;;) {
    await sleep(pauseMilliseconds);
    const { status = {} } = (await client.read<Job>(path)) ?? {};
    if (status.succeeded) return undefined;
    if (status.failed) return failed(task, namespace, await outputOf(copy.metadata, client));
  }
}

/** Job that does what another one did. One that mends only looks. */
function copyOf({ metadata: { namespace }, spec }: Job, name: string) {
  const { activeDeadlineSeconds, template } = spec;
  const containers = template.spec.containers.map((container) => ({
    ...container,
    ...(container.command && { command: container.command.map((word) => (word === "mend" ? "check" : word)) }),
  }));
  return {
    ...{ apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace } },
    spec: {
      ...{ backoffLimit: 0, activeDeadlineSeconds, ttlSecondsAfterFinished: keptSeconds },
      // Labels of its own, so that nobody takes its pods for those of the other Job.
      template: { metadata: { labels: { "app.kubernetes.io/name": "drift" } }, spec: { ...template.spec, containers } },
    },
  };
}

async function outputOf({ name, namespace }: Job["metadata"], { read }: Client): Promise<string> {
  const pods = await read<PodList>(`${listPath("v1", "Pod", namespace)}?labelSelector=job-name%3D${name}`);
  const statuses = pods?.items.flatMap(({ status }) => status.containerStatuses ?? []) ?? [];
  const messages = statuses.flatMap(({ state }) => state.terminated?.message ?? []);
  return messages.join("\n").trim() || "it ended without a word, or did not end in its time";
}

function failed({ system, step, name }: Change, namespace: string, message: string): Finding {
  const mends = name.endsWith("-schema-check");
  return {
    ...{ what: "failed", kind: "check", name: `${namespace}/${name}`, fields: [], by: [], message },
    ...(system !== undefined && { system }),
    ...(step !== undefined && { step }),
    up: mends
      ? "up checks it again, and puts back what a deploy script of Runsheet's own can put back; else it stops there"
      : "up checks it again, and stops there until it is mended by hand",
  };
}
