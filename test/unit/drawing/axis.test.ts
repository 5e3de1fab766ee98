import { axisOf } from "../../../drawing/axis";
import type { Unit } from "../../../components/monitoring/dashboard-units";

test.each<[Unit, number, number, number]>([
  ["ratio", 0.9, 1, 0.2],
  ["ratio", 0.0048, 0.005, 0.001],
  ["count", 0, 1, 0.2],
  ["count", 11, 15, 5],
  ["count", 2000, 2000, 500],
  ["bytes", 300 * 2 ** 20, 320 * 2 ** 20, 64 * 2 ** 20],
  ["bytes", 2 ** 30, 2 ** 30, 2 ** 28],
  ["seconds", 0.75, 0.8, 0.2],
  ["seconds", 100, 120, 30],
  ["seconds", 5 * 3600, 5 * 3600, 3600],
  ["seconds", 4 * 86_400, 4 * 86_400, 86_400],
  ["milliseconds", 480, 500, 100],
  ["milliseconds", 9_000, 10_000, 2_000],
  ["state", 1, 1, 1],
])("of %s up to %d the axis ends at %d, in steps of %d", (unit, highest, max, interval) => {
  const axis = axisOf(unit, highest, 0);
  expect([axis.min, Number(axis.max.toPrecision(12)), axis.interval]).toEqual([0, max, interval]);
});

test("an axis with a given end has it, whatever the values are", () => {
  expect(axisOf("ratio", 0.3, 0, 1)).toEqual({ min: 0, max: 1, interval: 0.2 });
});

test("an axis without values is as high as 1", () => {
  expect(axisOf("count", -Infinity, 0)).toEqual({ min: 0, max: 1, interval: 0.2 });
});
