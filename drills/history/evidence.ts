/** Evidence of each drill and system as one flat record, for auditors. */
import { isKept, type SystemReport } from "../report";
import type { Run } from "../timeline";
import { pathOf, type Finished, type Records, type Unfinished } from "./records";

/** Text where a drill did not record something, as those of earlier versions. */
export const notRecorded = "not recorded";

/**
 * Evidence of one drill for one system. Times are in ISO 8601; durations, objectives and figures in seconds. Null: there
 * is none yet, or it is not known.
 */
export interface Evidence {
  readonly stack: string;
  readonly scenario: string;
  /** System, or "stack" for an unfinished drill of all of them. */
  readonly system: string;
  /** `unfinished`: interrupted, or still going on. `failed`: its last step failed. */
  readonly result: "met" | "missed" | "failed" | "unfinished";
  readonly began: string;
  readonly ended: string | null;
  readonly seconds: number | null;
  /** Person or CI user who ran it, and the origin of that name; several if others continued it. */
  readonly runBy: string;
  readonly runByFrom: string;
  readonly commit: string;
  /** False if files of the project differed from the commit. */
  readonly clean: boolean | null;
  readonly restoredFrom: string;
  readonly restoredName: string;
  readonly restoredTime: string;
  readonly restoredSha256: string;
  readonly verified: string;
  readonly rto: number | null;
  readonly rtoPromised: number | null;
  readonly rtoMet: boolean | null;
  readonly rpo: number | null;
  readonly rpoPromised: number | null;
  readonly rpoMet: boolean | null;
  readonly acknowledged: number | null;
  readonly survived: number | null;
  readonly lost: number | null;
  readonly doubled: number | null;
  /** Step that failed, with the first line of its error. */
  readonly error: string | null;
  /** Version of the report's shape. */
  readonly version: number | null;
  readonly file: string;
  /** SHA-256 of the file. */
  readonly sha256: string | null;
}

/** Keys in the order of the columns of a table. */
export const evidenceKeys = [
  ...["stack", "scenario", "system", "result", "began", "ended", "seconds", "runBy", "runByFrom", "commit", "clean"],
  ...["restoredFrom", "restoredName", "restoredTime", "restoredSha256", "verified"],
  ...["rto", "rtoPromised", "rtoMet", "rpo", "rpoPromised", "rpoMet"],
  ...["acknowledged", "survived", "lost", "doubled", "error", "version", "file", "sha256"],
] as const as readonly (keyof Evidence)[];

/** Returns the evidence of all drills, the newest first. */
export const evidenceOf = ({ finished, unfinished }: Records): Evidence[] =>
  [...finished.flatMap(ofFinished), ...unfinished.map(ofUnfinished)].sort(
    (a, b) => Date.parse(b.began) - Date.parse(a.began),
  );

function ofFinished({ file, sha256, report }: Finished): Evidence[] {
  const { stack, scenario, started, ended, runs, version } = report;
  const seconds = (Date.parse(ended) - Date.parse(started)) / 1000;
  const drill = { stack, scenario, began: started, ended, seconds, ...evidenceOfRuns(runs) };
  return report.systems.map((each) => ({
    ...{ ...drill, system: each.system, result: isKept(each) ? ("met" as const) : ("missed" as const) },
    ...figures(each),
    ...{ error: null, version, file: pathOf(file), sha256 },
  }));
}

function evidenceOfRuns(runs: readonly Run[]) {
  const all = (texts: readonly (string | undefined)[]) =>
    [...new Set(texts.map((text) => text ?? notRecorded))].join(", ") || notRecorded;
  const clean = runs.map((run) => run.clean);
  return {
    runBy: all(runs.map(({ by }) => by)),
    runByFrom: all(runs.map(({ byFrom }) => byFrom)),
    commit: all(runs.map(({ commit }) => commit)),
    clean: clean.length === 0 || clean.includes(undefined) ? null : !clean.includes(false),
  };
}

function figures({ rto, rpo, promised, loss, restoredFrom, verified }: SystemReport) {
  return {
    restoredFrom: restoredFrom?.kind ?? notRecorded,
    restoredName: restoredFrom?.name ?? notRecorded,
    restoredTime: restoredFrom?.time ?? notRecorded,
    restoredSha256: restoredFrom?.sha256 ?? notRecorded,
    verified: verified.join(" ") || notRecorded,
    rto,
    rtoPromised: promised.rto,
    rtoMet: rto <= promised.rto,
    rpo: Number.isFinite(rpo) ? rpo : null,
    rpoPromised: promised.rpo,
    rpoMet: rpo <= promised.rpo,
    acknowledged: loss.acknowledged,
    survived: loss.survived,
    lost: loss.lost,
    doubled: loss.doubled,
  };
}

/** Returns the evidence of a drill that has no figures. */
function ofUnfinished({ file, stack, system, scenario, started, runs, step, error, seconds }: Unfinished): Evidence {
  const ended = seconds === undefined ? null : new Date(Date.parse(started) + seconds * 1000).toISOString();
  return {
    ...{ stack, scenario, system, result: error === undefined ? "unfinished" : "failed" },
    ...{ began: started, ended, seconds: seconds ?? null, ...evidenceOfRuns(runs), verified: notRecorded },
    ...{ restoredFrom: notRecorded, restoredName: notRecorded, restoredTime: notRecorded, restoredSha256: notRecorded },
    ...{ rto: null, rtoPromised: null, rtoMet: null, rpo: null, rpoPromised: null, rpoMet: null },
    ...{ acknowledged: null, survived: null, lost: null, doubled: null },
    error: error === undefined ? null : `${step}: ${error.split("\n")[0]}`,
    ...{ version: null, file: pathOf(file), sha256: null },
  };
}
