/** Changes of who owns an object's fields. */
import { setTimeout } from "node:timers/promises";
import type { FieldOwner } from "./field-owners";
import { ChangedMeanwhile, type ClusterClient } from "./kubeconfig";
import type { MadeMetadata } from "./made";

/** Metadata that says who owns the fields. */
export interface ManagedMetadata extends MadeMetadata {
  readonly managedFields?: readonly FieldOwner[];
}

interface Live {
  readonly metadata: ManagedMetadata & { readonly resourceVersion: string };
}

const attempts = 5;
const pauseMilliseconds = 100;

/** Annotation that is set in the same request. The object must have others. */
export interface Mark {
  readonly annotation: string;
  readonly value: string;
  /** Name under which it is written. */
  readonly manager: string;
}

/**
 * Changes the owners of an object's fields, unless they are as they are to be. One that is gone is left.
 * @throws Error if the API server refuses it
 */
export async function changeOwners(
  { read, patch }: ClusterClient,
  path: string,
  change: (owners: readonly FieldOwner[]) => readonly FieldOwner[],
  mark?: Mark,
): Promise<void> {
  const query = mark ? `?fieldManager=${mark.manager}` : "";
  const marked = mark
    ? [{ op: "add", path: `/metadata/annotations/${pointer(mark.annotation)}`, value: mark.value }]
    : [];
  for (let attempt = 1; ; attempt++) {
    const live = await read<Live>(path);
    if (!live) return;
    const { managedFields = [], resourceVersion } = live.metadata;
    const changed = change(managedFields);
    if (JSON.stringify(changed) === JSON.stringify(managedFields)) return;
    try {
      // The version makes it fail if the object was changed meanwhile, as its controller does all the time.
      // An empty list would change nothing, and one empty entry takes all away.
      const value = changed.length > 0 ? changed : [{}];
      await patch(`${path}${query}`, "application/json-patch+json", [
        { op: "replace", path: "/metadata/managedFields", value },
        { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion },
        ...marked,
      ]);
      return;
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile) || attempt === attempts) throw error;
      await setTimeout(attempt * pauseMilliseconds);
    }
  }
}

/** Name as a JSON pointer has it. */
const pointer = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");
