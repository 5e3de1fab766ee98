/** Drills on record: the reports in directories, and the drills that were not finished. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { z } from "zod";
import { names } from "../../systems";
import { Misuse } from "../../command-line";
import type { Report } from "../report";
import { readReport, run } from "../report-file";
import { scenarios } from "../scenarios";
import type { Run } from "../timeline";

/** Finished drill. */
export interface Finished {
  /** File of the report. */
  readonly file: string;
  /** SHA-256 of the file. */
  readonly sha256: string;
  readonly report: Report;
}

/** Drill without a report: it failed, was interrupted, or is still going on. */
export interface Unfinished {
  /** File of its progress. */
  readonly file: string;
  readonly stack: string;
  readonly system: string;
  readonly scenario: string;
  /** Start, in ISO 8601. */
  readonly started: string;
  /** Runs so far. Empty: not recorded. */
  readonly runs: readonly Run[];
  /** Last step, and the error if it failed. */
  readonly step: string;
  readonly error?: string;
  /** Seconds from the start to that error. Undefined if none is recorded. */
  readonly seconds?: number;
}

/** File that is no report, and the reason. */
export interface LeftOut {
  readonly file: string;
  readonly reason: string;
}

/** Drills, the newest first. */
export interface Records {
  readonly finished: readonly Finished[];
  readonly unfinished: readonly Unfinished[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Reads the drills in directories, and in those below them. A report that is there twice counts once, and one that ended
 * after `now` does not: it would show for long that nothing is due.
 * @param further directories beside `usual`, which may be missing
 * @throws Misuse if one of `further` is no directory
 */
export function readRecords(usual: string, further: readonly string[], now: Date): Records {
  const missing = further.find((directory) => !isDirectory(directory));
  if (missing !== undefined) throw new Misuse(`--from ${missing}: it is no directory`);
  const files = [usual, ...further].filter(isDirectory).flatMap((directory) =>
    readdirSync(directory, { recursive: true, encoding: "utf8" })
      .sort()
      .map((name) => join(directory, name)),
  );
  const finished = new Map<string, Finished>();
  const unfinished = new Map<string, Unfinished>();
  const leftOut: LeftOut[] = [];
  for (const file of new Set(files)) {
    try {
      if (basename(file) === "report.json") {
        const read = readFinished(file, now);
        if (!finished.has(read.sha256)) finished.set(read.sha256, read);
      } else if (basename(file) === "progress.json" && !existsSync(join(dirname(file), "report.json"))) {
        const read = readUnfinished(file);
        unfinished.set(basename(dirname(file)), read);
      }
    } catch (error) {
      leftOut.push({ file, reason: (error as Error).message });
    }
  }
  return {
    finished: [...finished.values()].sort((a, b) => newer(a.report, b.report)),
    unfinished: [...unfinished.values()].sort(newer),
    leftOut,
  };
}

/** Keeps the drills of one stack. */
export const ofStack = ({ finished, unfinished, leftOut }: Records, stack: string): Records => ({
  finished: finished.filter(({ report }) => report.stack === stack),
  unfinished: unfinished.filter((drill) => drill.stack === stack),
  leftOut,
});

/** Path of a file from a directory, with slashes. Default: from the current one. */
export const pathOf = (file: string, from = process.cwd()): string => relative(from, file).replaceAll("\\", "/");

const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const newer = (a: { readonly started: string }, b: { readonly started: string }) =>
  Date.parse(b.started) - Date.parse(a.started);

function readFinished(file: string, now: Date): Finished {
  const bytes = readFileSync(file);
  const report = readReport(bytes.toString("utf8"));
  if (Date.parse(report.ended) > now.getTime()) throw new Error(`it ended in the future, at ${report.ended}`);
  return { file, sha256: createHash("sha256").update(bytes).digest("hex"), report };
}

/** Name of a drill's directory: STACK-SYSTEM-SCENARIO-TIME. */
const directoryName = new RegExp(
  `^(.+)-(${[...names, "stack"].join("|")})-(${scenarios.map(({ name }) => name).join("|")})-\\d{8}T\\d{6}Z$`,
);
const progress = z.object({
  started: z.number(),
  runs: z.array(run).default([]),
  steps: z.array(z.object({ title: z.string(), end: z.number().optional(), error: z.string().optional() })).min(1),
});

function readUnfinished(file: string): Unfinished {
  const [, stack, system, scenario] = directoryName.exec(basename(dirname(file))) ?? [];
  if (stack === undefined) throw new Error("its directory has not the name of a drill");
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new Error("it is not JSON");
  }
  const result = progress.safeParse(value);
  if (!result.success) throw new Error("it is no progress of a drill");
  const { started, runs, steps } = result.data;
  const { title: step, end, error } = steps.at(-1)!;
  return {
    ...{ file, stack, system: system!, scenario: scenario!, runs, step },
    started: new Date(started).toISOString(),
    ...(error !== undefined && { error, ...(end !== undefined && { seconds: end }) }),
  };
}
