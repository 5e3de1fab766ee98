/**
 * Files of an interrupted drill. `progress.json` is for people and the history. A drill goes on with `progress.sealed`: what
 * it has found becomes names in a cluster, SQL and arguments of commands, so it counts only if this user has kept it.
 */
import { existsSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { Misuse } from "../command-line";
import { keep, readKept } from "../components/identity/kept.cjs";
import { writeWholeFile } from "../components/identity/whole-file.cjs";
import type { Progress } from "./timeline";

/** Name of the file that tells an interrupted drill. */
export const progressName = "progress.json";

/** Tells whether a drill in a directory was interrupted, and can be continued. */
export const canContinue = (directory: string): boolean =>
  existsSync(join(directory, progressName)) && existsSync(sealedIn(directory));

const sealedIn = (directory: string) => join(directory, "progress.sealed");

/**
 * Saves the progress, for this user alone.
 * @throws Error if it cannot be sealed: such a drill could not be continued
 */
export function saveProgress(directory: string, progress: Progress): void {
  const text = JSON.stringify(progress);
  keep(sealedIn(directory), text);
  if (readKept(sealedIn(directory)) !== text)
    throw new Error(
      "the drill's progress cannot be sealed, so that it could not be continued: let HOME or XDG_STATE_HOME name a directory that you can write to",
    );
  // Before its first step has ended there is nothing to continue.
  if (progress.steps.length > 0) writeWholeFile(join(directory, progressName), text, 0o600);
}

/**
 * Reads the progress of a drill that is to be continued.
 * @throws Misuse if somebody else, or an earlier version, has written it
 */
export function readProgress(directory: string): Progress {
  const text = readKept(sealedIn(directory));
  if (text === undefined)
    throw new Misuse(
      `the progress in reports/${basename(directory)} was not written by this user on this machine, or by an earlier version of Runsheet, so it is not continued: see "An interrupted drill" in docs/drills.md, then remove the directory`,
    );
  return JSON.parse(text) as Progress;
}

/** Ends a drill that was interrupted: it is not continued, and stays on record. */
export const endProgress = (directory: string): void => rmSync(sealedIn(directory), { force: true });

export function removeProgress(directory: string): void {
  for (const file of [sealedIn(directory), join(directory, progressName)]) rmSync(file, { force: true });
}
