/** The lab's programs: built once from Go modules, kept in the cache, found again by what they are made of. */
import { join } from "node:path";
import { cache } from "./paths";
import { built, copiedFromModule } from "./toolchain/build";
import { releaseManifests, type Tool } from "./toolchain/recipes";

export { pulumiToolchain, type PulumiToolchain } from "./toolchain/pulumi";
export type { Tool } from "./toolchain/recipes";

/** Each build keeps all processors busy at times, and one at others: two are faster than one, three are not. */
const atOnce = 2;

const found = new Map<string, Promise<string>>();
const waiting: (() => void)[] = [];
let running = 0;

/**
 * The directory with a tool's binary and the names it is called by; built when the cache does not have it, at most two at
 * a time. Throws when there is no Go, when it is too old, and when the build fails: with its last lines and its log.
 */
export function tool(name: string): Promise<string> {
  const already = found.get(name);
  if (already) return already;
  const building = inTurn(() => built(name));
  found.set(name, building);
  building.catch(() => found.delete(name)); // the next call tries again
  return building;
}

/** The directories of several tools, by name. Waits for all of them, also when one fails. */
export async function tools<Name extends Tool>(names: readonly Name[]): Promise<Record<Name, string>> {
  const outcomes = await Promise.allSettled(names.map(tool));
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
  const messages = new Set(failures.map((failure) => failure.message)); // without Go, all fail for the same reason
  if (messages.size > 0) throw new Error([...messages].join("\n"));
  const directories = outcomes.map((outcome) => (outcome as PromiseFulfilledResult<string>).value);
  return Object.fromEntries(names.map((name, index) => [name, directories[index]])) as Record<Name, string>;
}

/** Puts the operators' release manifests into the cache: manifests/SHA-256.yaml. */
export async function manifests(): Promise<void> {
  for (const { tool: name, module, file, sha256 } of releaseManifests)
    await copiedFromModule(name, module, file, sha256, join(cache, "manifests", `${sha256}.yaml`));
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
