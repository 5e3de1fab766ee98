/**
 * Jobs whose pod is never made, or never starts. Pulumi waits for the end of a Job, and says nothing of its pod but what its
 * containers report: a quota, an admission webhook, a missing Secret or a full cluster would be waited for until the Job's
 * deadline. So each Job that is created is looked at until its pod runs. What keeps it for longer than a moment is an error at
 * once, with the event that explains it, and the Job is ended.
 */
import * as pulumi from "@pulumi/pulumi";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterClient, Read } from "./kubeconfig";
import { objectPath, type Named } from "./object-path";
import { reasonOf, started, type Event, type Pod } from "./unstarted-pod";

interface Job {
  readonly metadata: { readonly uid: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

interface List<Item> {
  readonly items: readonly Item[] | null;
}

/** Times of the watch, in milliseconds. */
export interface Times {
  /** Between two looks. */
  readonly every: number;
  /** Time for which something may keep a pod: a volume is attached, a node tries again, an old pod makes room. */
  readonly patience: number;
}

const usual: Times = { every: 3000, patience: 40_000 };

/** Looks without the Job, after which it was not created. */
const mostLooks = 20;

/**
 * Returns a transformation that watches each Job from its creation on until its pod runs.
 * @param connect connects to the cluster. It is called when the first Job is created
 * @param ended gets the URNs of the Jobs that are ended
 */
export function watchingStarts(
  connect: () => Promise<ClusterClient>,
  ended: Set<string> = new Set(),
): pulumi.ResourceTransformation {
  let client: Promise<ClusterClient> | undefined;
  const hook = new pulumi.ResourceHook("job-starts", ({ newInputs, urn }) => {
    client ??= connect();
    const job = newInputs as Named;
    const tell = async (why: string) => {
      const { name, namespace } = job.metadata;
      ended.add(urn);
      const next = "The Job was ended. What to do: mend that, and run up again, which runs the Job again";
      await pulumi.log.error(`the pod of the Job ${namespace}/${name} does not start: ${why}. ${next}`, ofUrn(urn));
    };
    // Not awaited: the Job is created after this. Without the watch it is waited for as before.
    void client.then((client) => endUnlessStarted(client, job, tell)).catch(() => undefined);
  });
  return ({ type, props, opts }) =>
    type === "kubernetes:batch/v1:Job"
      ? { props, opts: pulumi.mergeOptions(opts, { hooks: { beforeCreate: [hook] } }) }
      : undefined;
}

/** A resource's URN, as `log` takes it. The resource itself has none before the Job has ended. */
const ofUrn = (urn: string) => ({ urn: pulumi.output(urn) }) as pulumi.Resource;

/** Watches a Job until its pod runs. Tells why it does not, and ends the Job. */
export async function endUnlessStarted(
  { read, patch }: ClusterClient,
  job: Named,
  tell: (why: string) => Promise<void>,
  { every, patience }: Times = usual,
): Promise<void> {
  const path = objectPath({ ...job, apiVersion: "batch/v1", kind: "Job" });
  let [looks, keptSince]: [number, number | undefined] = [0, undefined];
  for (let seen = false; ;) {
    // The program may end while it waits.
    await sleep(every, undefined, { ref: false });
    const state = await look(read, path, job).catch(() => "unknown" as const);
    if (state === "unknown") continue;
    if (state === "absent" && !seen && ++looks < mostLooks) continue;
    if (state === "absent" || state === started) return;
    seen = true;
    if (state.why === undefined) keptSince = undefined;
    else keptSince ??= Date.now();
    if (state.why === undefined || Date.now() < keptSince! + patience) continue;
    await tell(state.why);
    await patch(`${path}?fieldManager=${manager}`, "application/json-patch+json", [
      { op: "test", path: "/metadata/uid", value: state.uid },
      // Kubernetes then takes its pod away, and Pulumi finds it failed. The next `up` makes another.
      { op: "replace", path: "/spec/activeDeadlineSeconds", value: 1 },
    ]);
    return;
  }
}

/** Owner of the deadline of a Job that was ended. */
const manager = "runsheet-job-starts";

type State = "absent" | typeof started | { readonly uid: string; readonly why?: string };

async function look(read: Read, path: string, { metadata: { name, namespace } }: Named): Promise<State> {
  const job = await read<Job>(path);
  if (!job) return "absent";
  const { conditions = [] } = job.status ?? {};
  if (conditions.some(({ type, status }) => ["Complete", "Failed"].includes(type) && status === "True")) return started;
  const inNamespace = `/api/v1/namespaces/${namespace}`;
  const pods = await read<List<Pod>>(`${inNamespace}/pods?labelSelector=${encodeURIComponent(`job-name=${name}`)}`);
  const pod = pods?.items?.find(({ metadata }) => metadata.deletionTimestamp === undefined);
  const { uid } = pod?.metadata ?? job.metadata;
  const events = await read<List<Event>>(`${inNamespace}/events?fieldSelector=involvedObject.uid%3D${uid}`).catch(
    // Not everybody may read events.
    () => undefined,
  );
  const reason = reasonOf(pod, events?.items ?? []);
  return reason === started ? reason : { uid: job.metadata.uid, why: reason };
}
