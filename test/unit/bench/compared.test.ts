/** Work beside its floor: the two of a round are compared with each other. */
import { compare, type Compared } from "../../../bench/compared";

/** Work and floors of these seconds, in this order. */
function measured(works: number[], floors: number[], limits: Partial<Compared> = {}): Compared {
  const next = (values: number[]) => () => Promise.resolve({ seconds: values.shift()! });
  return { name: "work", floorName: "nothing", work: next(works), floor: next(floors), ...limits };
}
async function printed(compared: Compared, rounds: number) {
  const lines: string[] = [];
  const isRight = await compare(compared, { rounds, print: (line) => lines.push(line) });
  return { isRight, lines };
}

test("a machine that is slow in one round is slow for both of it", async () => {
  // The medians of each, 20 and 1, would make 20 times of what is 2 times.
  const { isRight, lines } = await printed(measured([2, 20, 20], [1, 1, 10], { limit: 2 }), 3);
  expect(isRight).toBe(true);
  expect(lines).toEqual([
    "work, beside nothing",
    "  round 1: floor 1.0 s, work 2.0 s, ratio 2.00",
    "  round 2: floor 1.0 s, work 20.0 s, ratio 20.00",
    "  round 3: floor 10.0 s, work 20.0 s, ratio 2.00",
    "  median of the ratios 2.00 (at most 2)",
  ]);
});

test("of two rounds the mean counts", async () =>
  expect((await printed(measured([2, 4], [1, 1], { limit: 2.9 }), 2)).isRight).toBe(false));

test.each([
  [11.9, true],
  [12.1, false],
])("%d s beside 10 s may be 2 s more: %s", async (seconds, isRight) => {
  const { lines, ...result } = await printed(measured([seconds], [10], { secondsMore: 2 }), 1);
  expect(result).toEqual({ isRight });
  expect(lines.at(-1)).toBe(`  median of the differences ${(seconds - 10).toFixed(1)} s (at most 2)`);
});

test("what is apart does not count", async () => {
  const work = () => Promise.resolve({ seconds: 5, apart: 3 });
  expect(await printed({ ...measured([], [1]), work, limit: 2 }, 1)).toMatchObject({ isRight: true });
});

test("an interrupted bench begins nothing more", async () => {
  const work = jest.fn(() => Promise.resolve({ seconds: 1 }));
  let asked = 0;
  const expectGoingOn = () => {
    if (++asked === 2) throw new Error("interrupted by SIGINT");
  };
  const rounds = { rounds: 3, expectGoingOn, print: () => undefined };
  await expect(compare({ ...measured([], [1]), work }, rounds)).rejects.toThrow("interrupted by SIGINT");
  expect(work).not.toHaveBeenCalled();
});
