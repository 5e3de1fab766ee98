/** Colours of a dashboard's values: limits and states. */
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Threshold,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Thresholds } from "./dashboard";

/** Severity of a value, by which it is coloured. */
export type Level = "good" | "warning" | "critical";

/** Names of Grafana's colours. */
const colours: Readonly<Record<Level, string>> = { good: "green", warning: "orange", critical: "red" };

/** Level from a value on, upwards. The first one is that of all lower values. */
export interface Step {
  readonly from: number;
  readonly level: Level;
}

/** Returns the levels in ascending order. */
export function steps({ bad, warning, critical }: Thresholds): readonly Step[] {
  const below = bad === "below";
  const limits = [
    { limit: warning, level: "warning" },
    { limit: critical, level: "critical" },
  ].filter((each): each is { limit: number; level: Level } => each.limit !== undefined);
  limits.sort((a, b) => a.limit - b.limit);
  if (!below)
    return [{ from: -Infinity, level: "good" }, ...limits.map(({ limit, level }) => ({ from: limit, level }))];
  // A limit ends its own level: from it on the next better one begins.
  const levels = [...limits.map(({ level }) => level), "good" as const];
  return levels.map((level, index) => ({ from: limits[index - 1]?.limit ?? -Infinity, level }));
}

/** Returns the level of a value. */
export const levelOf = (value: number, thresholds: Thresholds): Level =>
  steps(thresholds).findLast(({ from }) => value >= from)?.level ?? "good";

export const thresholdsBuilder = (thresholds: Thresholds | undefined): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(thresholds ? steps(thresholds).map(grafanaStep) : [{ value: null, color: colours.good }]);

/** Colour by the limits, or one colour for all values. */
export const colouredBy = (thresholds: Thresholds | undefined): FieldColorBuilder =>
  thresholds
    ? new FieldColorBuilder().mode(FieldColorModeId.Thresholds)
    : new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor("blue");

/** Grafana's mapping of values to texts. */
export const stateMappings = (states: Readonly<Record<number, string>>): ValueMapping[] => [
  {
    type: MappingType.ValueToText,
    options: Object.fromEntries(Object.entries(states).map(([value, text], index) => [value, { text, index }])),
  },
];

const grafanaStep = ({ from, level }: Step): Threshold => ({
  value: from === -Infinity ? null : from,
  color: colours[level],
});
