/**
 * predictive_analytics: {values, periods?} -> {forecast, direction}.
 *
 * Continues a series of 2 to 1000 numbers by 1 to 24 periods (default: 1) with double exponential smoothing.
 */
import { number, optional, wrong, type Body } from "../../core/fields";
import { defineModel } from "./model";

interface Content {
  /** Weights from 0 to 1: of the latest value for the level, and of the latest step for the trend. */
  level: number;
  trend: number;
  /** Largest change that counts as none, as a share of the last value. */
  tolerance: number;
}

interface Series {
  values: number[];
  periods: number;
}

export const predictiveAnalytics = defineModel({
  name: "predictive_analytics",
  version: "1.0.0",
  content: { level: 0.8, trend: 0.5, tolerance: 0.02 },
  read: (body): Series => ({ values: numbers(body, "values"), periods: optional(body, "periods", wholePeriods) ?? 1 }),
  infer: (content: Content, { values, periods }) => {
    const last = values[values.length - 1]!;
    const forecast = goOn(content, values, periods);
    const change = forecast[0]! - last;
    const small = Math.abs(change) <= content.tolerance * Math.abs(last);
    return { forecast, direction: small ? "flat" : change > 0 ? "rising" : "falling" };
  },
  label: ({ direction }) => direction,
  examples: [
    [of(100, 110, 120, 130), "rising"],
    [of(200, 180, 160, 140), "falling"],
    [of(50, 50, 50, 50), "flat"],
    [of(10, 20, 30, 40, 50), "rising"],
    [of(1000, 960, 915, 880), "falling"],
    [of(5, 5.4, 5.9, 6.5), "rising"],
    [of(80, 80.4, 79.8, 80.1), "flat"],
    // Cases beyond the model: the end of a boom, and a seasonal series.
    [of(100, 120, 140, 160), "falling"],
    [of(30, 20, 10, 30, 20, 10), "rising"],
    [of(0, 5, 10, 20), "rising"],
  ],
});

function goOn(content: Content, values: readonly number[], periods: number): number[] {
  let level = values[0]!;
  let trend = values[1]! - level;
  for (const value of values.slice(1)) {
    const before = level;
    level = content.level * value + (1 - content.level) * (level + trend);
    trend = content.trend * (level - before) + (1 - content.trend) * trend;
  }
  return Array.from({ length: periods }, (_, index) => Number((level + (index + 1) * trend).toFixed(2)));
}

function numbers(body: Body, field: string): number[] {
  const value = body[field];
  const fits = (each: unknown) => typeof each === "number" && Math.abs(each) <= 1e13;
  if (Array.isArray(value) && value.length >= 2 && value.length <= 1000 && value.every(fits)) return value as number[];
  throw wrong(field, "a list of 2 to 1000 numbers");
}

function wholePeriods(body: Body, field: string): number {
  const value = number(body, field, 1, 24);
  if (Number.isInteger(value)) return value;
  throw wrong(field, "a whole number from 1 to 24");
}

function of(...values: number[]): Series {
  return { values, periods: 1 };
}
