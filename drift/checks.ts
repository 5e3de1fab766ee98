/**
 * Checks of the systems' databases, in the cluster: only a pod reaches them. They are the ones that an `up` does before it
 * changes anything, as Jobs of their own: verify scripts of every change, rights, versions, archive. Nothing is mended.
 */
import type { ClusterClient } from "../components/kubernetes/kubeconfig";
import { objectPath } from "../components/kubernetes/object-path";
import type { Change } from "../engine/change";
import type { Finding, Found } from "./finding";
import { runAgain, type Job, type Limits } from "./job";

/** Ends of the names of the tasks that are done again. */
const checks = ["prerequisites", "schema-check", "schema"] as const;
type Check = (typeof checks)[number];

/** Findings of the checks. */
export interface Checked extends Found {
  /** Systems whose checks all came to an end. */
  readonly looked: readonly string[];
}

interface Task {
  readonly change: Change;
  readonly system: string;
  readonly check: Check;
  readonly metadata: Job["metadata"];
}

/**
 * Runs the checks of all systems at once, and lists those that fail. A check that never ran, or whose Job is gone, is left
 * out: a refresh finds that. One that comes to no end is an error.
 * @param id text that makes the Jobs' names new
 */
export async function failedChecks(
  resources: readonly Change[],
  client: ClusterClient,
  id: string,
  limits?: Limits,
): Promise<Checked> {
  const tasks = resources.flatMap(taskOf);
  const done = await Promise.all(
    tasks.map(async (task): Promise<Found> => {
      try {
        const finding = await runTask(task, client, id, limits);
        return { findings: finding ? [finding] : [], errors: [] };
      } catch (error) {
        const { name } = task.change;
        return { findings: [], errors: [`${task.metadata.namespace}/${name}: ${(error as Error).message}`] };
      }
    }),
  );
  const stopped = new Set(tasks.filter((_, index) => done[index]!.errors.length > 0).map(({ system }) => system));
  return {
    findings: done.flatMap(({ findings }) => findings),
    errors: done.flatMap(({ errors }) => errors),
    looked: [...new Set(tasks.map(({ system }) => system))].filter((system) => !stopped.has(system)),
  };
}

function taskOf(change: Change): Task[] {
  const { type, system, name, operation, before } = change;
  const check = checks.find((each) => name === `${system}-${each}`);
  const metadata = before?.outputs.metadata as Job["metadata"] | undefined;
  if (type !== "kubernetes:batch/v1:Job" || system === undefined || !check || !metadata || operation === "delete")
    return [];
  return [{ change, system, check, metadata }];
}

async function runTask(
  { change, check, metadata: { name, namespace } }: Task,
  client: ClusterClient,
  id: string,
  limits?: Limits,
): Promise<Finding | undefined> {
  const path = objectPath({ apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace } });
  const there = await client.read<Job>(path);
  if (!there) return undefined;
  // A system has its namespace to itself, so that no other's has this name.
  const message = await runAgain(there, `drift-${check}-${id}`, onlyLooking, client, limits);
  if (message === undefined) return undefined;
  const isMend = there.spec.template.spec.containers.some(({ command = [] }) => command.some(mends));
  // It does not mend a database that cannot be reached, or that has an edited change.
  return failed(change, namespace, message, isMend && message.includes("its verification fails"));
}

/** Tells whether a word of a command is migrate.sh's mode that mends: the word after the script's path. */
const mends = (word: string, index: number, command: readonly string[]) =>
  word === "mend" && (command[index - 1] ?? "").endsWith("/migrate.sh");

/** Command of migrate.sh that looks and does not mend; any other as it is. */
const onlyLooking = (command: readonly string[]) =>
  command.map((word, index) => (mends(word, index, command) ? "check" : word));

/** Advice of migrate.sh for a schema that no `up` mends. */
const byHandOnly = /^What to do: put back what the message above names, then run up again\.$\n?/gm;

function failed({ system, step, name }: Change, namespace: string, message: string, isMend: boolean): Finding {
  return {
    ...{ what: "failed", kind: "check", name: `${namespace}/${name}`, fields: [], by: [] },
    message: isMend ? message.replaceAll(byHandOnly, "").trim() : message,
    ...(system !== undefined && { system }),
    ...(step !== undefined && { step }),
    up: isMend
      ? "up mends it, for the change's deploy script runs again: an index, a right, a policy. A table or a column that is missing stops it there"
      : "up checks it again, and stops there until somebody has mended it by hand",
  };
}
