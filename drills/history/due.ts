/** Drills that are due on a stack, by `runsheet:drills.every`. */
import type { ScenarioName } from "../../stack/drills";
import { isMet } from "../report";
import type { Scenario } from "../scenario";
import { scenarios } from "../scenarios";
import type { StackSettings } from "../stack-settings";
import type { Records } from "./records";

/** Drill that has to succeed again and again. */
export interface Due {
  readonly stack: string;
  readonly scenario: ScenarioName;
  /** System, or "stack". */
  readonly system: string;
  /** Days within which it has to succeed. */
  readonly every: number;
  /** End of the last one that met its objectives, in ISO 8601. Default: there is none. */
  readonly lastSuccess?: string;
  /** Explains why it cannot be run. Default: it can. */
  readonly unable?: string;
  /** True if the last success is too long ago, or no system can run the scenario. */
  readonly isOverdue: boolean;
}

const day = 86_400_000;

/** Lists the drills that are due on a stack, in the order of its configuration. */
export function dueOn(stack: StackSettings, records: Records, now: Date): Due[] {
  const periods = Object.entries(stack.drills.every) as [ScenarioName, number][];
  return periods.flatMap(([name, every]): Due[] => {
    const scenario = scenarios.find((each) => each.name === name)!;
    const drills = systemsOf(scenario, stack).map((system) => {
      const unable = scenario.unsuitable?.(stack, system);
      const lastSuccess = lastSuccessOf(records, stack.name, name, system);
      const age = lastSuccess === undefined ? Infinity : now.getTime() - Date.parse(lastSuccess);
      return { stack: stack.name, scenario: name, system, every, lastSuccess, unable, isOverdue: age > every * day };
    });
    if (drills.length === 0) {
      const unable = `the stack ${stack.name} has none of the systems that it is for`;
      return [{ stack: stack.name, scenario: name, system: "none", every, unable, isOverdue: true }];
    }
    // A drill that some systems cannot run is done on the others.
    const nobody = drills.every(({ unable }) => unable !== undefined);
    return drills.map((drill) => ({
      ...drill,
      isOverdue: drill.unable === undefined ? drill.isOverdue : nobody,
    }));
  });
}

/** Says of a drill what is due, and since when. */
export function dueText({ stack, scenario, system, every, lastSuccess, unable }: Due): string {
  const drill = `${scenario} on ${system} of the stack ${stack}, every ${every === 1 ? "day" : `${every} days`}`;
  if (unable !== undefined) return `${drill}: it cannot be run: ${unable}`;
  return `${drill}: ${lastSuccess === undefined ? "it never succeeded" : `it last succeeded at ${lastSuccess}`}`;
}

/** Systems of a stack that a scenario is for. */
function systemsOf({ systems }: Scenario, stack: StackSettings): readonly string[] {
  if (systems === "stack") return ["stack"];
  return systems === "any" ? stack.systems : systems.filter((system) => stack.systems.includes(system));
}

/** End of the newest drill that met every objective. A drill of the whole stack counts for "stack". */
function lastSuccessOf({ finished }: Records, stack: string, scenario: string, system: string): string | undefined {
  return finished
    .map(({ report }) => report)
    .filter((report) => report.stack === stack && report.scenario === scenario)
    .filter((report) => system === "stack" || report.systems.some((each) => each.system === system))
    .find(isMet)?.ended;
}
