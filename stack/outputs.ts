/** What the last `up` left in the stack's outputs, for the next one to go on from. */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

/** By their names: those of the systems, and the stack's own. */
export type Outputs = Readonly<Record<string, unknown>>;

/** No StackReference, which would be a resource, and drift as soon as an `up` leaves anything new. */
export async function stackOutputs(): Promise<Outputs> {
  const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const read = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as { outputs?: Outputs };
  return read.outputs ?? {};
}

const cluster = z.object({ uid: z.string() }).optional();

/** The UID of the cluster that the last `up` was in; undefined if it did not say. */
export const pinnedCluster = ({ cluster: output }: Outputs): string | undefined => cluster.parse(output)?.uid;

const location = z.object({ location: z.string() }).optional();

/** Where the last `up` left the backups; undefined if it did not say. */
export const locationIn = ({ backups }: Outputs): string | undefined => location.parse(backups)?.location;

/** The outputs of systems that the configuration does not have any more. */
const absent = z.record(z.string(), z.record(z.string(), z.unknown())).optional();

/**
 * The outputs, with those of absent systems beside the others as long as their namespaces are there: such a system may hold its
 * data still, and may come back.
 */
export async function withAbsent(outputs: Outputs, isThere: (namespace: string) => Promise<boolean>): Promise<Outputs> {
  const { absent: output, ...others } = outputs;
  const entries = Object.entries(absent.parse(output) ?? {});
  const there = await Promise.all(entries.map(([name]) => isThere(namespaceIn(Object.fromEntries(entries), name)!)));
  return { ...Object.fromEntries(entries.filter((_, index) => there[index])), ...others };
}

/** What an `up` leaves of the systems that it does not have any more: what the one before left of them. */
export function absentIn(outputs: Outputs, known: readonly string[], configured: readonly string[]): Outputs {
  const names = known.filter((name) => outputs[name] !== undefined && !configured.includes(name));
  return names.length === 0 ? {} : { absent: Object.fromEntries(names.map((name) => [name, outputs[name]])) };
}

const system = z.object({ namespace: z.string().optional() });

/** The namespace that a system of the stack is in; undefined if the stack does not have it. Earlier versions named it after the system alone. */
export const namespaceIn = (outputs: Outputs, name: string): string | undefined =>
  outputs[name] === undefined ? undefined : (system.parse(outputs[name]).namespace ?? name);
