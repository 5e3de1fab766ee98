/**
 * Takes over objects that another tool has made, before Pulumi creates its own of these names.
 *
 * Pulumi's provider creates by server-side apply, which merges: what the former manager declared and Runsheet does not,
 * such as a container of another name or a variable, would be left. So a hook makes the former fields Runsheet's own and
 * applies the new object in the same request that removes the rest of them, with one rollout. The provider then finds
 * the object as it is to be.
 */
import * as pulumi from "@pulumi/pulumi";
import { isDeepStrictEqual } from "node:util";
import { givenTo, replicas } from "./field-owners";
import type { ClusterClient } from "./kubeconfig";
import { isMade } from "./made";
import { objectPath, type Named } from "./object-path";
import { changeOwners, type ManagedMetadata } from "./owner-changes";

/** Object that another tool made. */
export interface Taken {
  readonly kind: "Deployment" | "Service";
  readonly namespace: string;
  readonly name: string;
}

/** Fields of an object that are used here. */
interface Live {
  readonly metadata: ManagedMetadata & { readonly resourceVersion: string };
  readonly spec?: Spec;
}

/** Fields of a Deployment that a take-over can make less. */
interface Spec {
  readonly replicas?: number;
  readonly template?: { readonly spec: { readonly containers: readonly { readonly resources?: object }[] } };
}

/** Object as Pulumi is about to create it. */
export interface Declared extends Named {
  readonly spec?: Spec;
}

/** Owner of the fields in between. */
const manager = "runsheet-take-over";

/** Tells whether another tool made an object, or an `up` was killed while it took the object over. */
export const isForeign = (metadata: ManagedMetadata): boolean =>
  !isMade(metadata) || (metadata.managedFields ?? []).some((owner) => owner.manager === manager);

/** Path of an object in the API. */
export const pathOf = ({ kind, namespace, name }: Taken): string =>
  objectPath({ apiVersion: kind === "Deployment" ? "apps/v1" : "v1", kind, metadata: { namespace, name } });

/** Returns the one among the objects that is taken over as this one. Undefined if none is. */
export const takenAs = (objects: readonly Taken[], { kind, metadata }: Named): Taken | undefined =>
  objects.find((each) => each.kind === kind && each.name === metadata.name && each.namespace === metadata.namespace);

/**
 * Returns a transformation that takes the objects over when Pulumi creates them. A preview says what gets less.
 * @param connect connects to the cluster. It is called when the first of them is taken over
 */
export function takingOver(
  objects: readonly Taken[],
  connect: () => Promise<ClusterClient>,
): pulumi.ResourceTransformation {
  const hook = new pulumi.ResourceHook(
    "take-over",
    async ({ newInputs }) => {
      const declared = newInputs as Declared;
      const taken = takenAs(objects, declared);
      if (!taken) return;
      const client = await connect();
      if (!pulumi.runtime.isDryRun()) return takeOver(client, taken, declared);
      const live = await client.read<Live>(pathOf(taken));
      for (const change of live ? changesOf(live.spec, declared.spec) : [])
        await pulumi.log.warn(`the ${taken.kind} ${taken.namespace}/${taken.name} gets ${change}`);
    },
    { onDryRun: true },
  );
  return ({ type, props, opts }) => {
    const { metadata } = props as { metadata?: { name?: unknown } };
    const isOne = objects.some(({ kind, name }) => type.endsWith(`:${kind}`) && metadata?.name === name);
    return isOne ? { props, opts: pulumi.mergeOptions(opts, { hooks: { beforeCreate: [hook] } }) } : undefined;
  };
}

/** Lists the changes of a Deployment's size, which nobody would see among the others. */
export function changesOf(live: Spec = {}, declared: Spec = {}): string[] {
  const resources = ({ template }: Spec) => template?.spec.containers[0]?.resources ?? {};
  const [before, after] = [resources(live), resources(declared)];
  const { replicas: pods = live.replicas } = declared;
  return [
    ...(pods === live.replicas ? [] : [`${pods} pods, and has ${live.replicas}`]),
    ...(isDeepStrictEqual(before, after)
      ? []
      : [`the resources ${JSON.stringify(after)}, and has ${JSON.stringify(before)}`]),
  ];
}

/**
 * Makes an object what is declared, with nothing of its former managers. One that Runsheet has made is left alone.
 * @throws Error if the API server refuses it
 */
export async function takeOver(client: ClusterClient, taken: Taken, declared: Declared): Promise<void> {
  const path = pathOf(taken);
  const live = await client.read<Live>(path);
  // Not there any more: Pulumi makes it.
  if (!live) return;
  if (!isMade(live.metadata)) {
    // An autoscaler's number of pods stays.
    const isScaled = taken.kind === "Deployment" && declared.spec?.replicas === undefined;
    const kept = isScaled ? [replicas] : [];
    await changeOwners(client, path, (owners) => givenTo(manager, owners, declared.apiVersion, { kept }));
    await client.patch(`${path}?fieldManager=${manager}&force=true`, "application/apply-patch+yaml", declared);
  }
  await changeOwners(client, path, (owners) => owners.filter((owner) => owner.manager !== manager));
}
