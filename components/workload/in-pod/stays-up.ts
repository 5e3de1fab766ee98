/** Watches the pods of a Deployment whose application says nothing of itself. */
import { setTimeout as sleep } from "node:timers/promises";
import { ofDeployment, podsWith } from "./pods";

interface Ended {
  readonly reason?: string;
  readonly exitCode: number;
}

interface ContainerStatus {
  readonly name: string;
  readonly restartCount: number;
  readonly state?: { readonly waiting?: { readonly reason?: string }; readonly terminated?: Ended };
  readonly lastState?: { readonly terminated?: Ended };
}

/** Fields of a pod that are used here. */
interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: { readonly phase?: string; readonly containerStatuses?: readonly ContainerStatus[] };
}

/**
 * Watches the pods for the given time. Resolves to why they do not stay up, as soon as one does not; undefined if all
 * do. It also fails if there was nothing to watch: no pod, or no answer of the API server.
 */
export async function unsteady(deployment: string, seconds: number): Promise<string | undefined> {
  const before = new Map<string, number>();
  const end = Date.now() + seconds * 1000;
  let unread: unknown;
  let wasRead = false;
  let wasSeen = false;
  for (;;) {
    try {
      const watched = (await podsWith<Pod>(ofDeployment(deployment))).filter(isToRun);
      wasRead = true;
      wasSeen ||= watched.length > 0;
      const ended = watched.flatMap((pod) => endsOf(pod, before));
      if (ended.length > 0) return ended.join("; ");
    } catch (error) {
      // An API server that does not answer for a moment tells nothing of the pods.
      unread = error;
    }
    if (Date.now() >= end) break;
    await sleep(2000);
  }
  if (!wasRead) return `the pods of ${deployment} could not be read for ${seconds} s: ${(unread as Error).message}`;
  return wasSeen ? undefined : `${deployment} had no pod for ${seconds} s`;
}

/** Tells whether a pod is neither being deleted nor over, such as one that was evicted and has a successor. */
const isToRun = ({ metadata, status }: Pod) =>
  metadata.deletionTimestamp === undefined && status.phase !== "Failed" && status.phase !== "Succeeded";

function endsOf({ metadata, status }: Pod, before: Map<string, number>): string[] {
  return (status.containerStatuses ?? []).flatMap(({ name, restartCount, state, lastState }) => {
    const container = `${metadata.name} ${name}`;
    const first = before.get(container) ?? restartCount;
    before.set(container, first);
    const pod = metadata.name;
    if (state?.terminated) return [`${pod} ended${how(state.terminated)}`];
    if (state?.waiting?.reason === "CrashLoopBackOff")
      return [`${pod} ended${how(lastState?.terminated)} and waits to be restarted again (CrashLoopBackOff)`];
    return restartCount === first ? [] : [`${pod} ended${how(lastState?.terminated)} and was restarted`];
  });
}

/** Tells in brackets how a container ended. */
const how = ({ reason = "Error", exitCode }: Partial<Ended> = {}) =>
  ` (${reason}${exitCode === undefined ? "" : `, exit code ${exitCode}`})`;
