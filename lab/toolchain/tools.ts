/** Tools by name: each is built at most once in a process, and one after the other. */
import { built } from "./build";
import { Estimate } from "./estimate";
import { always, weights, type Tool } from "./recipes";

const found = new Map<string, Promise<string>>();
const estimate = new Estimate(weights, always);
let last: Promise<unknown> = Promise.resolve();

/**
 * The directory with a tool's binary and the names that it is called by. It is built if the cache does not have it.
 * Builds wait for each other: Go keeps all processors busy with one, and two at once would compile what they share
 * twice.
 * @throws Error if there is no Go, if it is too old, or if the build fails: with its last lines and its log
 */
export function tool(name: string): Promise<string> {
  const already = found.get(name);
  if (already) return already;
  estimate.ask(name);
  const building = last.then(() => built(name, estimate)).finally(() => estimate.finish(name));
  last = building.catch(() => undefined);
  found.set(name, building);
  building.catch(() => found.delete(name)); // the next call tries again
  return building;
}

/** The directories of several tools, by name. Waits for all of them, also if one fails. */
export async function tools<Name extends Tool>(names: readonly Name[]): Promise<Record<Name, string>> {
  const outcomes = await Promise.allSettled(names.map(tool));
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
  const messages = new Set(failures.map((failure) => failure.message)); // without Go, all fail for the same reason
  if (messages.size > 0) throw new Error([...messages].join("\n"));
  const directories = outcomes.map((outcome) => (outcome as PromiseFulfilledResult<string>).value);
  return Object.fromEntries(names.map((name, index) => [name, directories[index]])) as Record<Name, string>;
}
