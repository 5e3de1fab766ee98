/** Units of a dashboard's values, and how Grafana names and writes them. */

/** Grafana's name of each unit. */
export const grafanaUnits = {
  /** Share from 0 to 1, which is shown in per cent. */
  ratio: "percentunit",
  /** Share from 0 to 100. */
  percent: "percent",
  seconds: "s",
  milliseconds: "ms",
  bytes: "bytes",
  count: "short",
  "per second": "cps",
  "requests per second": "reqps",
  dollars: "currencyUSD",
  yen: "currencyJPY",
  /** Unix time in milliseconds, which is shown as a date. */
  date: "dateTimeAsIso",
  /** Number whose meaning `states` say. */
  state: "none",
} as const;

export type Unit = keyof typeof grafanaUnits;

/**
 * Writes a value as Grafana does: with a larger or smaller unit where that is shorter, and with at most three digits.
 * @param decimals number of decimals. Default: as few as tell the value
 */
export function written(value: number, unit: Unit, decimals?: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  switch (unit) {
    case "ratio":
      return `${digits(value * 100, decimals)}%`;
    case "percent":
      return `${digits(value, decimals)}%`;
    case "seconds":
      return scaled(value, seconds, decimals);
    case "milliseconds":
      return scaled(value / 1000, seconds, decimals);
    case "bytes":
      return scaled(value, bytes, decimals);
    case "count":
    case "state":
      return scaled(value, counts, decimals);
    case "per second":
      return `${scaled(value, counts, decimals)} c/s`;
    case "requests per second":
      return `${scaled(value, counts, decimals)} req/s`;
    case "dollars":
      return `$${scaled(value, counts, decimals)}`;
    case "yen":
      return `¥${scaled(value, counts, decimals)}`;
    case "date":
      return new Date(value).toISOString().slice(0, 19).replace("T", " ");
  }
}

type Scale = readonly (readonly [size: number, name: string])[];

/** Sizes in descending order. The last one is taken for everything smaller. */
const seconds: Scale = [
  [7 * 86_400, " weeks"],
  [86_400, " days"],
  [3600, " hours"],
  [60, " mins"],
  [1, " s"],
  [1e-3, " ms"],
  [1e-6, " µs"],
];
const bytes: Scale = [
  [2 ** 40, " TiB"],
  [2 ** 30, " GiB"],
  [2 ** 20, " MiB"],
  [2 ** 10, " KiB"],
  [1, " B"],
];
const counts: Scale = [
  [1e9, " Bil"],
  [1e6, " Mil"],
  [1e3, " K"],
  [1, ""],
];

function scaled(value: number, scale: Scale, decimals?: number): string {
  const zero = scale.find(([size]) => size === 1)!;
  const [size, name] = value === 0 ? zero : (scale.find(([each]) => Math.abs(value) >= each) ?? scale.at(-1)!);
  return `${digits(value / size, decimals)}${name}`;
}

function digits(value: number, decimals?: number): string {
  if (decimals !== undefined) return value.toFixed(decimals);
  const whole = Math.abs(value);
  return String(Number(value.toFixed(whole >= 100 ? 0 : whole >= 10 ? 1 : whole >= 0.1 || whole === 0 ? 2 : 4)));
}
