/** Report of a drill: figures, objectives, and the evidence for them. */
import type { Objectives } from "../stack/drills";
import type { Loss, RowsOverTime } from "./measure";
import type { Outcome, Scenario, Source } from "./scenario";
import type { Run, TimedStep, Timeline } from "./timeline";

/** Version of the shape of a report. The first reports have no version: see `readReport`. */
export const reportVersion = 2;

/** Cost of the disaster for one system. */
export interface SystemReport {
  readonly system: string;
  /** Time from the disaster to the verified service (RTO), in seconds. */
  readonly rto: number;
  /** Age of the newest surviving row (RPO), in seconds. Infinite, which is null in JSON, if none survived. */
  readonly rpo: number;
  /** Objectives at the time of the drill, in seconds. */
  readonly promised: Objectives;
  readonly loss: Loss;
  /** Rows over time, with `begin` in seconds since the start of the drill. Default: not recorded, or no rows. */
  readonly rows?: RowsOverTime;
  /** Default: not recorded. */
  readonly restoredFrom?: Source;
  /** Sentences on what was verified, and how. Empty: not recorded. */
  readonly verified: readonly string[];
}

export interface Report {
  /** Version of the file: 1 if it had none. */
  readonly version: number;
  readonly scenario: string;
  /** Heading in the runbook. */
  readonly title: string;
  readonly stack: string;
  /** Start and end of the drill, in ISO 8601. */
  readonly started: string;
  readonly ended: string;
  /** Runs of the drill, the first one first. Empty: not recorded. */
  readonly runs: readonly Run[];
  readonly steps: readonly TimedStep[];
  /** Seconds from the start to the disaster, and to the recovery of the last system. */
  readonly disaster: number;
  readonly recovered: number;
  readonly systems: readonly SystemReport[];
  /** Notes that are needed to interpret the figures. */
  readonly notes: readonly string[];
}

/**
 * Creates the report of a drill, which ends now.
 * @param objectives returns those of a system, in seconds
 */
export function reportOf(
  { name, title }: Pick<Scenario, "name" | "title">,
  stack: string,
  timeline: Timeline,
  { disaster, systems, notes = [] }: Outcome,
  objectives: (system: string) => Objectives,
): Report {
  const recovered = Math.max(...systems.map(({ recovered }) => recovered));
  return {
    version: reportVersion,
    scenario: name,
    title,
    stack,
    started: timeline.started.toISOString(),
    ended: new Date(timeline.started.getTime() + timeline.now * 1000).toISOString(),
    runs: timeline.runs,
    steps: timeline.steps,
    disaster: timeline.since(disaster),
    recovered: timeline.since(recovered),
    systems: systems.map(({ system, recovered, loss, rows, restoredFrom, verified }) => ({
      system,
      rto: (recovered - disaster) / 1000,
      rpo: loss.rpoSeconds,
      promised: objectives(system),
      loss,
      ...(rows && { rows: { ...rows, begin: timeline.since(rows.begin) } }),
      restoredFrom,
      verified,
    })),
    notes,
  };
}

type Measured = Pick<SystemReport, "rto" | "rpo" | "promised">;

/** Tells whether a system met its objectives. */
export const isKept = ({ rto, rpo, promised }: Measured) => rto <= promised.rto && rpo <= promised.rpo;

/** Tells whether every system met its objectives. */
export const isMet = ({ systems }: Pick<Report, "systems">) => systems.every(isKept);
