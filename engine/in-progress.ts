/** Updates of a stack that have not ended: what is there is then half of the last state and half of the next. */
import type { Deployment } from "@pulumi/pulumi/automation";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { nameIn } from "./change";
import { projectDirectory } from "./project";
import { openStack } from "./stack";

/** Update that runs, or was killed. */
export interface Unended {
  /** Time of its start or of its last step, in ISO 8601. */
  readonly since: string;
  /** Sentence about it, without a full stop. */
  readonly words: string;
}

/** State of a stack at one moment. */
export interface Standing {
  /** Time at which an update wrote the state last. Another time later on: one has run meanwhile. */
  readonly written: string;
  /** Undefined if none is known. */
  readonly unended?: Unended;
}

/**
 * Looks for an update of a stack that has not ended. A preview of a refresh does not ask for the lock, so nothing else says
 * it. The lock is read where the state is in files. The state of every backend has the operations that have begun.
 * @throws Error if the stack cannot be read
 */
export async function standingOf(name: string): Promise<Standing> {
  const { workspace } = await openStack(name);
  const [state, { url }, project] = await Promise.all([
    workspace.exportStack(name),
    workspace.whoAmI(),
    workspace.projectSettings(),
  ]).catch((error: Error) => {
    // Not the whole of the command's output, in which values may stand.
    throw new Error(/^error: (.*)$/m.exec(error.message)?.[1] ?? `the stack ${name} cannot be read`);
  });
  const unended = lockIn(url, project.name, name) ?? begunIn(state);
  return { written: writtenIn(state), ...(unended && { unended }) };
}

interface Lock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/**
 * Reads the oldest lock of a stack, as the backend of files keeps it. Undefined if there is none, or for another backend.
 * @param url URL of the backend
 */
export function lockIn(url: string | undefined, project: string, stack: string): Unended | undefined {
  const [, path] = /^file:\/\/([^?]*)/.exec(url ?? "") ?? [];
  if (path === undefined) return undefined;
  const home = path.replace(/^~/, homedir());
  const name = stack.split("/").at(-1)!;
  const directory = join(resolve(projectDirectory, home), ".pulumi", "locks", "organization", project, name);
  if (!existsSync(directory)) return undefined;
  const locks = readdirSync(directory).filter((file) => file.endsWith(".json"));
  const [first] = locks
    .flatMap((file) => lockAt(join(directory, file)))
    .sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp));
  if (!first) return undefined;
  const { pid, username, hostname } = first;
  const since = new Date(first.timestamp).toISOString();
  return { since, words: `an update has been in progress since ${since} (${username}@${hostname}, process ${pid})` };
}

/** Reads a lock. Empty if it was given back meanwhile. */
function lockAt(file: string): Lock[] {
  try {
    return [JSON.parse(readFileSync(file, "utf8")) as Lock];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Part of a state that is read here. */
interface Written {
  readonly manifest?: { readonly time?: string };
  readonly resources?: readonly { readonly urn: string }[];
  readonly pending_operations?: readonly { readonly type: string; readonly resource: { readonly urn: string } }[];
}

const writtenOf = ({ deployment }: Deployment) => (deployment ?? {}) as Written;
const writtenIn = (state: Deployment) => writtenOf(state).manifest?.time ?? "";

/**
 * Finds operations that have begun and not ended. The engine keeps a creation that was killed for ever, until somebody
 * clears it: once a later update has made the resource it says nothing.
 */
export function begunIn(state: Deployment): Unended | undefined {
  const { pending_operations: begun = [], resources = [] } = writtenOf(state);
  const made = new Set(resources.map(({ urn }) => urn));
  const open = begun.find(({ type, resource }) => type !== "creating" || !made.has(resource.urn));
  if (!open) return undefined;
  const since = writtenIn(state);
  const at = `${open.type} ${nameIn(open.resource.urn)}`;
  return { since, words: `an update has not ended, which wrote the state last at ${since} (${at})` };
}
