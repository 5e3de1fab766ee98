/** Tasks that run again though nothing of them has changed: they did not succeed the last time. */
import type { Change } from "../engine/change";
import { at } from "./fields";
import { verbOf } from "./verbs";

/**
 * Lists the tasks that run again since their Jobs did not succeed. The provider replaces such a Job under its name
 * (`pulumi.com/replaceUnready` of Task), and names no field. Nor does the engine name one of a Job that is replaced along with
 * another: the status in the state, which has a completion time only after a success, tells the two apart.
 */
export const unsuccessful = (changes: readonly Change[]): Change[] => changes.filter(isUnsuccessful);

function isUnsuccessful(change: Change): boolean {
  if (verbOf(change) !== "run again" || isRenamed(change)) return false;
  const status = at(change.before?.outputs, "status");
  return typeof status === "object" && status !== null && at(status, "completionTime") === undefined;
}

/** True if the Job has another name: a hash of all that defines its task. */
export const isRenamed = ({ fields }: Change): boolean => fields.some(({ path }) => path === "metadata.name");
