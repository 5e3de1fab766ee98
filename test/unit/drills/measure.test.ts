/** Loss of a disaster: rows acknowledged before it, compared with rows found after it. */
import { longestGap, lossOf, rowsOverTime } from "../../../drills/measure";

/** Rows with ids from 1 on, one per second. */
const written = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1, at: (index + 1) * 1000 }));
const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test("nothing is lost", () =>
  expect(lossOf(written(10), ids(1, 10), 10_500)).toEqual({
    acknowledged: 10,
    survived: 10,
    lost: 0,
    doubled: 0,
    rpoSeconds: 0,
  }));

test("the newest rows are lost: the RPO is the age of the newest that survived", () =>
  expect(lossOf(written(10), ids(1, 7), 10_500)).toMatchObject({ survived: 7, lost: 3, rpoSeconds: 3.5 }));

test("rows after the disaster do not count", () =>
  expect(lossOf(written(20), ids(1, 10), 10_500)).toMatchObject({ acknowledged: 10, lost: 0 }));

test("a hole is as bad as an end: what is there after it does not make up for it", () =>
  expect(lossOf(written(10), [...ids(1, 4), ...ids(6, 10)], 10_000)).toMatchObject({ lost: 1, rpoSeconds: 6 }));

test("all is lost: how much more nobody knows", () =>
  expect(lossOf(written(10), [], 10_500)).toMatchObject({ lost: 10, rpoSeconds: Infinity }));

test("rows that are there twice are counted", () =>
  expect(lossOf(written(3), [1, 2, 2, 3, 3], 3000)).toMatchObject({ lost: 0, doubled: 2 }));

test("without a row nothing was measured", () =>
  expect(() => lossOf(written(3), [], 500)).toThrow(
    "no row was written before the disaster: nothing can be measured, run the drill again",
  ));

test("the longest time without a write", () => {
  expect(longestGap([...written(3), { id: 4, at: 12_250 }], 13_000)).toBe(9.25);
  expect(longestGap(written(3), 60_000)).toBe(57);
});

test("rows are counted in each second, and those that are lost", () =>
  expect(rowsOverTime([...written(3), { id: 4, at: 3400 }, { id: 5, at: 9000 }], [1, 2, 4, 5], 4500)).toEqual({
    begin: 1000,
    seconds: 1,
    acknowledged: [1, 1, 2, 0],
    lost: [0, 0, 1, 0],
  }));

test("a long time is counted in at most 121 intervals", () => {
  const { seconds, acknowledged } = rowsOverTime(written(1000), [], 1_000_000);
  expect([seconds, acknowledged.length]).toEqual([9, 112]);
  expect(acknowledged.reduce((sum, count) => sum + count, 0)).toBe(1000);
});
