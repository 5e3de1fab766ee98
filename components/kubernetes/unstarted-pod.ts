/** Reasons for which a Job's pod does not start: from its status, and from the events about it. */

/** Fields of a pod that are used here. */
export interface Pod {
  readonly metadata: { readonly uid: string; readonly name: string; readonly deletionTimestamp?: string };
  readonly status?: {
    readonly phase?: string;
    readonly nominatedNodeName?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: object;
    readonly terminated?: object;
  };
}

/** Event about a Job or a pod. */
export interface Event {
  readonly metadata: { readonly creationTimestamp?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly lastObservedTime?: string } | null;
}

/** Answer for a pod that runs, or has run. */
export const started = "started";

/** Reasons of a container that waits its turn, or for its image to arrive. */
const usual = ["ContainerCreating", "PodInitializing", undefined];
/** Reasons of events with which an autoscaler says that it makes a node for the pod. */
const nodeToCome = ["TriggeredScaleUp", "Nominated"];
/** Time in which that node comes, in milliseconds. */
const nodeComesWithin = 600_000;

/**
 * Explains what keeps a Job's pod from running. Undefined if nothing does for now; `started` if it runs.
 * @param pod undefined if there is none
 * @param events about the pod, or about the Job if there is no pod
 * @param former pods of the Job that have ended or are being deleted
 */
export function reasonOf(
  pod: Pod | undefined,
  events: readonly Event[],
  former: readonly Pod[] = [],
  now = Date.now(),
): string | undefined {
  const latest = [...events].sort((one, other) => timeOf(one).localeCompare(timeOf(other))).at(-1);
  const warning = latest?.type === "Warning" ? `${latest.reason}: ${latest.message}` : undefined;
  if (!pod) return warning ?? nextTo(former);
  const {
    phase,
    conditions = [],
    initContainerStatuses = [],
    containerStatuses = [],
    nominatedNodeName,
  } = pod.status ?? {};
  if (phase !== undefined && phase !== "Pending") return started;
  const all = [...initContainerStatuses, ...containerStatuses];
  const waiting = all.map(({ state }) => state?.waiting).find((each) => !usual.includes(each?.reason));
  // The event of a back-off says less than the one before.
  if (waiting) return failureOf(events) ?? `${waiting.reason}: ${waiting.message ?? "the node says no more"}`;
  if (all.some(({ state }) => state?.running)) return undefined;
  const unscheduled = conditions.find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (!unscheduled) return warning;
  const recent = events.filter((event) => now - Date.parse(timeOf(event)) < nodeComesWithin);
  const comes = nominatedNodeName !== undefined || recent.some(({ reason }) => nodeToCome.includes(reason ?? ""));
  return comes ? undefined : (warning ?? `no node takes it: ${unscheduled.message ?? "it says no more"}`);
}

/**
 * Texts of what lasts until somebody mends it. All else may pass by itself: a volume is detached from a lost node after six
 * minutes, a registry or a webhook answers again, an addition to the nodes is on its way. Nobody can tell whether a node comes:
 * an autoscaler makes one with labels that no node has today. So a pod without a node is of the second kind.
 */
const lasting: readonly RegExp[] = [
  // Refusals of the API server: a quota, a policy, a missing account; and a pod that is none.
  /\bis (forbidden|invalid): /,
  /admission webhook "[^"]*" denied the request/,
  // References of the pod to what is not there.
  /\b(secret|configmap|persistentvolumeclaim) "[^"]*" not found/i,
  /couldn't find key|references non-existent (secret|config) key/,
  /runAsNonRoot|^InvalidImageName|^ErrImageNeverPull/,
  // Answers of a registry about an image.
  /pull.*(: not found|manifest unknown|does not exist|access denied|unauthorized|forbidden)/is,
];

/** True if what keeps a pod lasts until somebody mends it. */
export const lasts = (reason: string): boolean => lasting.some((each) => each.test(reason));

/** Reason for which the pod that follows others is not made. */
function nextTo(former: readonly Pod[]): string | undefined {
  if (former.length === 0) return "no pod was made, and no event says why";
  const deleted = former.find(({ metadata }) => metadata.deletionTimestamp !== undefined);
  return deleted && `its pod ${deleted.metadata.name} is being deleted, and the next is made when that is gone`;
}

/** The node's error about a container. */
function failureOf(events: readonly Event[]): string | undefined {
  const failed = events.filter(
    ({ type, reason, message = "" }) => type === "Warning" && reason === "Failed" && !/^Error: \w+$/.test(message),
  );
  const latest = failed.sort((one, other) => timeOf(one).localeCompare(timeOf(other))).at(-1);
  return latest?.message;
}

const timeOf = ({ series, lastTimestamp, eventTime, metadata }: Event): string =>
  series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? "";
