/** Copies of the stack's own Jobs, which do the same once more, each run to its end. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterClient, Read } from "../components/kubernetes/kubeconfig";
import { listPath, objectPath } from "../components/kubernetes/object-path";
import { printable } from "./values";

/** Manager of what a search for drift writes. */
export const manager = "runsheet-drift";

export interface Job {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly activeDeadlineSeconds?: number;
    readonly template: { readonly spec: PodSpec };
  };
  readonly status?: {
    readonly succeeded?: number;
    readonly failed?: number;
    readonly conditions?: readonly Condition[];
  };
}

interface PodSpec {
  readonly containers: readonly { readonly command?: readonly string[] }[];
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface ContainerStatus {
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: object;
    readonly terminated?: { readonly message?: string; readonly reason?: string };
  };
}

interface Pod {
  readonly status?: {
    readonly reason?: string;
    readonly conditions?: readonly Condition[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

/** Limits, in milliseconds. */
export interface Limits {
  /** Until a container runs: an image may have to be pulled. */
  readonly start: number;
  /** For a whole Job, whose own limit is for an `up`, which waits for rollouts first. */
  readonly whole: number;
  /** For Kubernetes to end a Job that is over its limit. */
  readonly margin: number;
  readonly pause: number;
}

const usual: Limits = { start: 180_000, whole: 1_800_000, margin: 60_000, pause: 1_000 };

/** Seconds until a Job that has ended is removed: its result was read by then. */
const keptSeconds = 30;

/**
 * Does once more what a Job did. Resolves to the output if it fails, and to undefined if it succeeds.
 * @param name name of the copy, of 63 characters at most
 * @param command changes each container's command
 * @throws Error if the copy did not start or end, was deleted, or says nothing, and if the API server refuses it
 */
export async function runAgain(
  original: Job,
  name: string,
  command: (words: readonly string[]) => readonly string[],
  client: ClusterClient,
  limits = usual,
): Promise<string | undefined> {
  const copy = copyOf(original, name, command, limits);
  const path = objectPath(copy);
  const read = patiently(client.read, limits.pause);
  await client.patch(`${path}?fieldManager=${manager}`, "application/apply-patch+yaml", copy);
  const begin = Date.now();
  for (let hasStarted = false; ;) {
    await sleep(limits.pause);
    const job = await read<Job>(path);
    if (!job) throw new Error(`the Job ${name} was deleted before its result was read`);
    const { succeeded = 0, failed = 0, conditions = [] } = job.status ?? {};
    if (succeeded > 0) return undefined;
    const end = conditions.find(({ type, status }) => type === "Failed" && status === "True");
    const seconds = copy.spec.activeDeadlineSeconds;
    const passed = Date.now() - begin;
    if (end?.reason === "DeadlineExceeded" || passed > seconds * 1000 + limits.margin)
      throw new Error(`the Job ${name} did not end within ${seconds} s`);
    if (end || failed > 0) return outputOf(await podsOf(copy.metadata, read), name);
    if (hasStarted) continue;
    const pods = await podsOf(copy.metadata, read);
    hasStarted = statusesOf(pods).some(({ state }) => state?.running ?? state?.terminated);
    if (!hasStarted && passed > limits.start)
      throw new Error(`the Job ${name} did not start within ${limits.start / 1000} s: ${whyNot(pods)}`);
  }
}

function copyOf(
  { metadata: { namespace }, spec: { activeDeadlineSeconds = Infinity, template } }: Job,
  name: string,
  command: (words: readonly string[]) => readonly string[],
  limits: Limits,
) {
  const containers = template.spec.containers.map((container) => ({
    ...container,
    ...(container.command && { command: command(container.command) }),
  }));
  const deadline = Math.min(activeDeadlineSeconds, limits.whole / 1000);
  return {
    ...{ apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace } },
    spec: {
      ...{ backoffLimit: 0, activeDeadlineSeconds: deadline, ttlSecondsAfterFinished: keptSeconds },
      // Labels of its own, so that nobody takes its pods for those of the other Job.
      template: { metadata: { labels: { "app.kubernetes.io/name": "drift" } }, spec: { ...template.spec, containers } },
    },
  };
}

/** Tries of a read. A Job is read every second for half an hour, and an API server may be restarted meanwhile. */
const tries = 10;

const patiently =
  (read: Read, pause: number): Read =>
  async (...asked) => {
    for (let attempt = 1; ; attempt++)
      try {
        return await read<never>(...asked);
      } catch (error) {
        if (attempt === tries) throw error;
        await sleep(pause);
      }
  };

async function podsOf({ name, namespace }: Job["metadata"], read: Read): Promise<readonly Pod[]> {
  const path = `${listPath("v1", "Pod", namespace)}?labelSelector=job-name%3D${name}`;
  return (await read<{ readonly items: readonly Pod[] }>(path))?.items ?? [];
}

const statusesOf = (pods: readonly Pod[]): ContainerStatus[] =>
  pods.flatMap(({ status = {} }) => [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]);

/** Last words of the containers. A failure without any is none of the check's: its node or its memory was lost. */
function outputOf(pods: readonly Pod[], name: string): string {
  const ends = statusesOf(pods).flatMap(({ state }) => state?.terminated ?? []);
  const output = printable(ends.flatMap(({ message }) => message ?? []).join("\n")).trim();
  if (output !== "") return output;
  const reasons = [...pods.map(({ status }) => status?.reason), ...ends.map(({ reason }) => reason)];
  const reason = reasons.find((each) => each !== undefined && each !== "Completed") ?? "its pod is gone";
  throw new Error(`the Job ${name} failed without a word: ${reason}`);
}

/** Reason why no container runs. */
function whyNot(pods: readonly Pod[]): string {
  if (pods.length === 0) return "it has no pod; a quota or an admission policy may refuse it";
  const waiting = statusesOf(pods).map(({ state }) => state?.waiting);
  const conditions = pods.flatMap(({ status }) => status?.conditions ?? []).filter(({ status }) => status === "False");
  const [first] = [...waiting, ...conditions].filter((each) => each?.message);
  const reason = first ?? waiting.find(Boolean) ?? conditions[0];
  return [reason?.reason, reason?.message].filter(Boolean).join(": ") || "its pod says no reason";
}
