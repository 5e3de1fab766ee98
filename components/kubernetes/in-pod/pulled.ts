/** A pod that pulls images. What its containers do is of no account. */
import { setTimeout as sleep } from "node:timers/promises";
import { ask, namespace, thisPod, unlessMissing } from "./cluster-api";
import { remove } from "./remove";

/** Fields of a pod that are used here. */
interface Pod {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly name: string;
  /** The image as the spec has it: the node may know it under other names. */
  readonly image: string;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
}

/** Spec of the pod, as far as it is used here. */
export interface PullSpec {
  readonly containers: readonly { readonly name: string; readonly image: string }[];
}

/** Reasons of a container that waits for its image. With any other it has been pulled. */
const beforeThePull = ["ContainerCreating", "PodInitializing"];
const refused = [
  "ErrImagePull",
  "ErrImageNeverPull",
  "ImageInspectError",
  "ImagePullBackOff",
  "InvalidImageName",
  "RegistryUnavailable",
  "SignatureValidationFailed",
];

/** Time for the node to try again, in seconds, since a registry may fail for a moment. */
const patienceSeconds = 20;

/**
 * Creates a pod of that name, waits until each of its images is on its node, and deletes it. Resolves to the images.
 * @throws Error with the image and the registry's answer if one cannot be pulled
 */
export async function pullImages(name: string, spec: PullSpec, seconds: number): Promise<string[]> {
  const pods = `/api/v1/namespaces/${namespace()}/pods`;
  const path = `${pods}/${name}`;
  // A killed run may have left one.
  await remove(path);
  const metadata = { name, ownerReferences: [thisPod()] };
  await ask(pods, { method: "POST", body: { apiVersion: "v1", kind: "Pod", metadata, spec } });
  try {
    return await pulled(() => ask<Pod>(path), spec, seconds);
  } finally {
    await ask(path, { method: "DELETE" }).catch(unlessMissing);
  }
}

async function pulled(read: () => Promise<Pod>, spec: PullSpec, seconds: number): Promise<string[]> {
  const begin = Date.now();
  const answers = new Map<string, string>();
  let refusedSince: number | undefined;
  for (;;) {
    // An API server that does not answer for a moment tells nothing of the images.
    const status = (await read().catch(() => undefined))?.status;
    const containers = (status?.containerStatuses ?? []).map((container) => ({
      ...container,
      image: spec.containers.find(({ name }) => name === container.name)!.image,
    }));
    const failed = containers.filter(({ state }) => refused.includes(state?.waiting?.reason ?? ""));
    for (const container of failed) note(answers, container);
    if (containers.length > 0 && containers.every(isPulled)) return containers.map(({ image }) => image);
    refusedSince = failed.length > 0 ? (refusedSince ?? Date.now()) : undefined;
    if (refusedSince !== undefined && Date.now() >= refusedSince + patienceSeconds * 1000)
      throw new Error(failed.map(({ name }) => answers.get(name)).join("\n  "));
    if (Date.now() >= begin + seconds * 1000) throw new Error(unfinished(containers, status, seconds));
    await sleep(1000);
  }
}

function isPulled({ state }: ContainerStatus): boolean {
  const reason = state?.waiting?.reason;
  return state !== undefined && (!state.waiting || ![...beforeThePull, ...refused, undefined].includes(reason));
}

/** Keeps the registry's answer, which the reason ImagePullBackOff need not have. */
function note(answers: Map<string, string>, { name, image, state }: ContainerStatus): void {
  const { reason, message } = state!.waiting!;
  if (answers.has(name) && reason === "ImagePullBackOff") return;
  answers.set(name, `${image} cannot be pulled: ${reason}: ${message ?? "the node says no more"}`);
}

function unfinished(containers: readonly ContainerStatus[], status: Pod["status"], seconds: number): string {
  const waiting = containers.filter((container) => !isPulled(container)).map(({ image }) => image);
  if (waiting.length > 0) return `${waiting.join(", ")} was not pulled within ${seconds} s`;
  const unscheduled = status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  return `no node took the pod that pulls them within ${seconds} s: ${unscheduled?.message ?? "it has no status"}`;
}
