/** Outputs of the last `up`, which the next one continues from. */
import { setTimeout } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

/** Outputs by name: those of the systems, and the stack's own. */
export type Outputs = Readonly<Record<string, unknown>>;

/** Delays before the state is read again, in milliseconds. */
const delays = [100, 300, 1_000, 3_000];

/**
 * Reads the stack's outputs. A StackReference would be a resource, and drift as soon as an `up` leaves a new output.
 * The engine saves its state meanwhile. On some file systems the file is away or empty for a moment, so it is read
 * again. Throws the engine's error if the state cannot be read for 4.4 seconds, and any other error at once.
 */
export const stackOutputs = (): Promise<Outputs> =>
  outputsOf([pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/"), delays);

async function outputsOf(name: string, [delay, ...later]: readonly number[]): Promise<Outputs> {
  try {
    const read = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as { outputs?: Outputs };
    return read.outputs ?? {};
  } catch (error) {
    if (delay === undefined || !String(error).includes("failed to load checkpoint")) throw error;
    await setTimeout(delay);
    return outputsOf(name, later);
  }
}

const cluster = z.object({ uid: z.string() }).optional();

/** Returns the UID of the last `up`'s cluster. Undefined if the outputs do not have it. */
export const pinnedCluster = ({ cluster: output }: Outputs): string | undefined => cluster.parse(output)?.uid;

const location = z.object({ location: z.string() }).optional();

/** Returns the location of the last `up`'s backups. Undefined if the outputs do not have it. */
export const locationIn = ({ backups }: Outputs): string | undefined => location.parse(backups)?.location;

/** Outputs of systems that are no longer configured. */
const absent = z.record(z.string(), z.record(z.string(), z.unknown())).optional();

/**
 * Returns the outputs and those of absent systems whose namespaces still exist. Such a system may still hold data and
 * may be configured again.
 */
export async function withAbsent(outputs: Outputs, isThere: (namespace: string) => Promise<boolean>): Promise<Outputs> {
  const { absent: output, ...others } = outputs;
  const entries = Object.entries(absent.parse(output) ?? {});
  const there = await Promise.all(entries.map(([name]) => isThere(namespaceIn(Object.fromEntries(entries), name)!)));
  return { ...Object.fromEntries(entries.filter((_, index) => there[index])), ...others };
}

/** Returns the output for systems that are no longer configured: their last outputs. */
export function absentIn(outputs: Outputs, known: readonly string[], configured: readonly string[]): Outputs {
  const names = known.filter((name) => outputs[name] !== undefined && !configured.includes(name));
  return names.length === 0 ? {} : { absent: Object.fromEntries(names.map((name) => [name, outputs[name]])) };
}

const system = z.object({ namespace: z.string().optional() });

/**
 * Returns the namespace of a system. Undefined if the stack does not have the system. Earlier versions named it like
 * the system.
 */
export const namespaceIn = (outputs: Outputs, name: string): string | undefined =>
  outputs[name] === undefined ? undefined : (system.parse(outputs[name]).namespace ?? name);
