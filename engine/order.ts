/** Order of the systems in all summaries. */
import { names } from "../systems";
import type { RunbookRecord } from "./change";

/** Sorts runbooks in the order of all summaries: they are registered side by side. */
export function inOrder(runbooks: readonly RunbookRecord[]): RunbookRecord[] {
  const place = ({ system }: RunbookRecord) => (names.includes(system) ? names.indexOf(system) : names.length);
  return [...runbooks].sort((a, b) => place(a) - place(b) || (a.system < b.system ? -1 : 1));
}
