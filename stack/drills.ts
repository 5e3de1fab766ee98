/** Objectives of drills, and how often they are due. */
import { z } from "zod";
import { days } from "../components/monitoring/setting-values";
import { names } from "../systems";

/** Names of the scenarios that drills/ has. */
export const scenarioNames = [
  "database-corruption",
  "redis-failure",
  "point-in-time",
  "lost-cluster",
  "failover",
  "bad-release",
  "bad-migration",
  "secret-leak",
  "restore-elsewhere",
  "object-store-lost",
  "zone-loss",
  "model-volume",
] as const;

export type ScenarioName = (typeof scenarioNames)[number];

/** Objectives of a drill, in seconds. */
export interface Objectives {
  readonly rto: number;
  readonly rpo: number;
}

const time = (description: string, example: string) =>
  z
    .string()
    .regex(/^\d+[smh]$/, "must be a time such as 15m, in s, m or h")
    .optional()
    .meta({ description, title: "time", examples: [example] });

const objectives = {
  rto: time("Longest time from the disaster to the verified service. Default: the scenario's.", "15m"),
  rpo: time("Largest age of the newest row that survives. Default: the scenario's.", "5m"),
};

const scenario = z.enum(scenarioNames);

/** The key `drills`. */
export const drillsSettings = z.strictObject({
  objectives: z
    .partialRecord(
      z.enum(names),
      z.strictObject({
        ...objectives,
        scenarios: z.partialRecord(scenario, z.strictObject(objectives)).default({}),
      }),
    )
    .default({})
    .meta({
      description:
        "Objectives by system. `rto` and `rpo` are for each drill of the system, and `scenarios.SCENARIO.rto` and " +
        "`.rpo` for one of them. A time is a number with s, m or h. Default: the scenario's.",
      examples: [{ prism: { rto: "15m", rpo: "5m", scenarios: { failover: { rto: "20s", rpo: "0s" } } } }],
    }),
  every: z
    .partialRecord(scenario, days)
    .default({})
    .meta({
      description:
        "Number of days within which a drill has to succeed, by scenario: for each system of the stack that can run it. " +
        "Default: no drill is due.",
      examples: [{ "point-in-time": 30, "lost-cluster": 90 }],
    }),
});

export type DrillsSettings = z.infer<typeof drillsSettings>;

const secondsIn = { s: 1, m: 60, h: 3600 } as const;

/** Returns the seconds of a time such as 15m. */
const secondsOf = (time: string): number => Number(time.slice(0, -1)) * secondsIn[time.at(-1) as "s" | "m" | "h"];

/**
 * Returns the objectives of a drill: those of the system for the scenario, else those of the system, else `usual`.
 * @param usual the scenario's own
 */
export function objectivesOf(
  settings: DrillsSettings,
  system: string,
  scenario: ScenarioName,
  usual: Objectives,
): Objectives {
  const own = settings.objectives[system];
  const configured = (objective: keyof Objectives) => own?.scenarios[scenario]?.[objective] ?? own?.[objective];
  const inForce = (objective: keyof Objectives) => {
    const time = configured(objective);
    return time === undefined ? usual[objective] : secondsOf(time);
  };
  return { rto: inForce("rto"), rpo: inForce("rpo") };
}
