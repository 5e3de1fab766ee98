/**
 * Jobs whose pod is never made, or never starts. Pulumi waits for the end of a Job, and says nothing of its pod but what its
 * containers report: a quota, an admission webhook, a missing Secret or a full cluster would be waited for until the Job's
 * deadline. So each Job that is created is looked at until it ends, for a drain may make it another pod. What keeps a pod for
 * longer than a moment is told, with the event that explains it: as an error that ends the Job if it lasts until somebody mends
 * it, else as a warning, and as that error if it has not passed in ten minutes.
 */
import * as pulumi from "@pulumi/pulumi";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterClient, Read } from "./kubeconfig";
import { objectPath, type Named } from "./object-path";
import { lasts, reasonOf, started, type Event, type Pod } from "./unstarted-pod";

interface Job {
  readonly metadata: { readonly uid: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Job as it is created. */
interface NewJob extends Named {
  readonly spec?: { readonly activeDeadlineSeconds?: number };
}

interface List<Item> {
  readonly items: readonly Item[] | null;
}

/** Times of the watch, in milliseconds. */
export interface Times {
  /** Between two looks. */
  readonly every: number;
  /** Time for which something may keep a pod before it is told: a node tries again, an old pod makes room. */
  readonly patience: number;
  /** Time for which something that may pass keeps a pod before the Job is ended. */
  readonly longest: number;
}

const usual: Times = { every: 3000, patience: 40_000, longest: 600_000 };

/** Time before a Job's deadline at which it is ended at the latest: the deadline would not say what kept its pod. */
const beforeDeadline = 30_000;

/** Looks without the Job, after which it was not created. */
const mostLooks = 20;

/** Messages of a watch. */
export interface Told {
  /** Warns of what keeps the pod, and may pass. */
  readonly warn: (why: string) => Promise<void>;
  /** Tells for what the Job is ended. */
  readonly fail: (why: string) => Promise<void>;
}

/**
 * Returns a transformation that watches each Job from its creation to its end.
 * @param connect connects to the cluster. It is called when the first Job is created, and again if it fails
 * @param ended gets the URNs of the Jobs that are ended
 */
export function watchingStarts(
  connect: () => Promise<ClusterClient>,
  ended: Set<string> = new Set(),
  times: Times = usual,
): pulumi.ResourceTransformation {
  let client: Promise<ClusterClient> | undefined;
  const connected = () =>
    (client ??= connect().catch((error: unknown) => {
      client = undefined;
      throw error;
    }));
  const hook = new pulumi.ResourceHook("job-starts", ({ newInputs, urn }) => {
    const job = newInputs as NewJob;
    const { name, namespace } = job.metadata;
    const which = `the pod of the Job ${namespace}/${name} does not start`;
    const told: Told = {
      warn: (why) =>
        pulumi.log.warn(`${which} yet: ${why}. It may pass, and is waited for, ten minutes at most`, ofUrn(urn)),
      fail: (why) => {
        ended.add(urn);
        const next = "The Job was ended. What to do: mend that, and run up again, which runs the Job again";
        return pulumi.log.error(`${which}: ${why}. ${next}`, ofUrn(urn));
      },
    };
    // Not awaited: the Job is created after this. Without the watch it is waited for as before.
    void endUnlessStarted(connected, job, told, times).catch(() => undefined);
  });
  return ({ type, props, opts }) =>
    type === "kubernetes:batch/v1:Job"
      ? { props, opts: pulumi.mergeOptions(opts, { hooks: { beforeCreate: [hook] } }) }
      : undefined;
}

/** A resource's URN, as `log` takes it. The resource itself has none before the Job has ended. */
const ofUrn = (urn: string) => ({ urn: pulumi.output(urn) }) as pulumi.Resource;

/** Watches a Job until its end or its deadline. Tells what keeps its pod, and ends the Job if that does not pass. */
export async function endUnlessStarted(
  connected: () => Promise<ClusterClient>,
  job: NewJob,
  { warn, fail }: Told,
  { every, patience, longest }: Times,
): Promise<void> {
  const path = objectPath({ ...job, apiVersion: "batch/v1", kind: "Job" });
  const deadline = Date.now() + (job.spec?.activeDeadlineSeconds ?? 3600) * 1000;
  let [looks, seen, said]: [number, boolean, "warning" | "error" | undefined] = [0, false, undefined];
  let keptSince: number | undefined;
  while (Date.now() < deadline) {
    // The program may end while it waits.
    await sleep(every, undefined, { ref: false });
    const state = await connected()
      .then(({ read }) => look(read, path, job))
      .catch(() => "unknown" as const);
    if (state === "unknown") continue;
    if (state === "absent" && !seen && ++looks < mostLooks) continue;
    if (state === "absent" || state === "ended") return;
    seen = true;
    const { uid, why } = state;
    if (why === undefined) {
      [keptSince, said] = [undefined, undefined];
      continue;
    }
    keptSince ??= Date.now();
    if (Date.now() < keptSince + patience) continue;
    if (!lasts(why) && Date.now() < Math.min(keptSince + longest, deadline - beforeDeadline)) {
      if (said === undefined) await warn(why);
      said = "warning";
      continue;
    }
    if (said !== "error") await fail(why);
    said = "error";
    const isEnded = await connected()
      .then(({ patch }) => end(patch, path, uid))
      .then(
        () => true,
        () => false,
      );
    if (isEnded) return;
  }
}

/** Owner of the deadline of a Job that was ended. */
const manager = "runsheet-job-starts";

const end = (patch: ClusterClient["patch"], path: string, uid: string) =>
  patch(`${path}?fieldManager=${manager}`, "application/json-patch+json", [
    { op: "test", path: "/metadata/uid", value: uid },
    // Kubernetes then takes its pod away, and Pulumi finds it failed. The next `up` makes another.
    { op: "replace", path: "/spec/activeDeadlineSeconds", value: 1 },
  ]);

type State = "absent" | "ended" | { readonly uid: string; readonly why?: string };

async function look(read: Read, path: string, { metadata: { namespace } }: Named): Promise<State> {
  const job = await read<Job>(path);
  if (!job) return "absent";
  const { uid } = job.metadata;
  const { conditions = [] } = job.status ?? {};
  if (conditions.some(({ type, status }) => ["Complete", "Failed"].includes(type) && status === "True")) return "ended";
  const inNamespace = `/api/v1/namespaces/${namespace}`;
  // By the UID: pods of an earlier Job of the same name may still be there.
  const selector = encodeURIComponent(`batch.kubernetes.io/controller-uid=${uid}`);
  const pods = (await read<List<Pod>>(`${inNamespace}/pods?labelSelector=${selector}`))?.items ?? [];
  const pod = pods.find(isLive);
  if (pod && reasonOf(pod, []) === started) return { uid };
  const about = (pod ?? job).metadata.uid;
  const events = await read<List<Event>>(`${inNamespace}/events?fieldSelector=involvedObject.uid%3D${about}`).catch(
    // Not everybody may read events.
    () => undefined,
  );
  return { uid, why: reasonOf(pod, events?.items ?? [], pods) };
}

const isLive = ({ metadata, status }: Pod) =>
  metadata.deletionTimestamp === undefined && !["Succeeded", "Failed"].includes(status?.phase ?? "");
