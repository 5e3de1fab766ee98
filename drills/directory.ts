/** Directories of the drills: one for each, with its files. */
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { Misuse } from "../command-line";
import { canContinue } from "./progress-file";

/** Drill that has a directory. */
export interface Named {
  readonly scenario: string;
  readonly system: string;
  readonly stack: string;
}

const prefixOf = ({ stack, system, scenario }: Named) => `${stack}-${system}-${scenario}-`;

/** Lists the directories of a drill that were interrupted and can be continued, the newest last. */
export function interrupted(reports: string, drill: Named): string[] {
  mkdirSync(reports, { recursive: true });
  return readdirSync(reports)
    .filter((name) => name.startsWith(prefixOf(drill)))
    .sort()
    .map((name) => join(reports, name))
    .filter((directory) => canContinue(directory) && !existsSync(join(directory, "report.json")));
}

/**
 * Returns the directory for a drill's files: a new one, or that of the interrupted drill.
 * @param reports directory of all of them
 * @throws Misuse if a drill was interrupted and does not go on, or none was and it does
 */
export function directoryOf(reports: string, drill: Named, goesOn: boolean): string {
  const left = interrupted(reports, drill).at(-1);
  if (left !== undefined && !goesOn)
    throw new Misuse(
      `this drill was interrupted: continue it with --continue, or end it as "An interrupted drill" in docs/drills.md says, and remove reports/${basename(left)}`,
    );
  if (left === undefined && goesOn) throw new Misuse("there is no interrupted drill to continue: leave out --continue");
  return left ?? join(reports, prefixOf(drill) + new Date().toISOString().replaceAll(/[-:]|\.\d+/g, ""));
}
