import { written, type Unit } from "../../../../components/monitoring/dashboard-units";

test.each<[number, Unit, string]>([
  [0.005, "ratio", "0.5%"],
  [0.75, "ratio", "75%"],
  [2, "percent", "2%"],
  [0, "seconds", "0 s"],
  [0.0421, "seconds", "42.1 ms"],
  [0.0000021, "seconds", "2.1 µs"],
  [59.4, "seconds", "59.4 s"],
  [90, "seconds", "1.5 mins"],
  [3 * 3600, "seconds", "3 hours"],
  [2 * 86_400, "seconds", "2 days"],
  [21 * 86_400, "seconds", "3 weeks"],
  [-90, "seconds", "-1.5 mins"],
  [250, "milliseconds", "250 ms"],
  [2000, "milliseconds", "2 s"],
  [512, "bytes", "512 B"],
  [3 * 2 ** 10, "bytes", "3 KiB"],
  [300 * 2 ** 20, "bytes", "300 MiB"],
  [1.5 * 2 ** 30, "bytes", "1.5 GiB"],
  [1234, "count", "1.23 K"],
  [0.25, "count", "0.25"],
  [0.0312, "per second", "0.0312 c/s"],
  [12.34, "requests per second", "12.3 req/s"],
  [1200, "dollars", "$1.2 K"],
  [2.5, "yen", "¥2.5"],
  [1_764_550_800_000, "date", "2025-12-01 01:00:00"],
  [Number.NaN, "ratio", "NaN"],
  [Number.POSITIVE_INFINITY, "seconds", "∞"],
  [Number.NEGATIVE_INFINITY, "seconds", "-∞"],
])("%d in %s is written as %s", (value, unit, text) => expect(written(value, unit)).toBe(text));

test("decimals can be given", () => expect(written(0.99949, "ratio", 3)).toBe("99.949%"));
