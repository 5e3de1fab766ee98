/** Recording of PM: rows are written later in batches, even after failures, and equal errors form one group. */
import { setTimeout as sleep } from "node:timers/promises";
import { HttpError, Unavailable } from "../../../../lab/stand-in/core/http";
import { Batch } from "../../../../lab/stand-in/pm/observability/batch";
import { group, type Failure } from "../../../../lab/stand-in/pm/observability/errors";

describe("rows", () => {
  let written: number[][];
  let fails: string | undefined;
  let log: unknown[];
  let batch: Batch<number>;

  beforeEach(() => {
    written = [];
    log = [];
    fails = undefined;
    const write = (rows: number[]) => {
      if (fails) return Promise.reject(new Error(fails));
      written.push(rows);
      return Promise.resolve();
    };
    batch = new Batch("numbers", write, (event, fields) => void log.push([event, fields]), 30);
  });
  const aWhile = () => sleep(60);

  test("are written together after a pause, and none twice", async () => {
    [1, 2].forEach((row) => batch.add(row));
    expect(written).toEqual([]);
    await aWhile();
    batch.add(3);
    await aWhile();
    expect(written).toEqual([[1, 2], [3]]);
  });

  test("are written at once where that is asked for; nothing is no write", async () => {
    batch.add(1);
    await batch.flush();
    await batch.flush();
    await aWhile();
    expect(written).toEqual([[1]]);
  });

  test("that cannot be written are kept for the next time, and it is logged once", async () => {
    fails = "away";
    batch.add(1);
    await batch.flush();
    batch.add(2);
    await batch.flush();
    fails = undefined;
    batch.add(3);
    await batch.flush();
    expect(written).toEqual([[1, 2, 3]]);
    expect(log).toEqual([["not recorded yet", { what: "numbers", error: "away" }]]);
  });

  test("of which there are too many are lost, the first ones first", async () => {
    for (let row = 0; row <= 10_000; row += 1) batch.add(row);
    await batch.flush();
    expect([written[0]!.length, written[0]![0]]).toEqual([10_000, 1]);
  });
});

describe("errors", () => {
  const at = new Date("2026-02-24T10:00:00Z");
  const failure = (error: unknown, more: Partial<Failure> = {}): Failure => {
    return { endpoint: "/api/signals", method: "POST", status: 500, error, at, ...more };
  };
  const described = (...failures: Failure[]) =>
    group(failures).map(({ type, message, times }) => [type, message, times.length]);

  test("that differ in numbers and ids only are one", () => {
    const id = (last: string) => `signal 00000000-0000-4000-8000-00000000000${last} after 1${last.length} s`;
    expect(
      described(
        failure(new Error(id("a"))),
        failure(new Error(id("7"))),
        failure(new Error("signal 00000000-0000-4000-8000-000000000001 after 7 s")),
      ),
    ).toEqual([["Error", id("a"), 3]]);
  });

  test("of another kind, place or text are others", () => {
    const one = new Error("broken");
    expect(
      described(
        failure(one),
        failure(new TypeError("broken")),
        failure(one, { endpoint: "/api/opportunities" }),
        failure(one, { method: "GET" }),
        failure(new Error("in two")),
      ),
    ).toHaveLength(5);
  });

  test("answered to the client have their status as kind and no stack", () => {
    const [told, untold] = group([failure(new Unavailable("away"), { status: 503 }), failure(new TypeError("x"))]);
    expect(told).toMatchObject({ type: "http_503", message: "away", stack: undefined });
    expect(untold).toMatchObject({ type: "TypeError", stack: expect.stringContaining("TypeError: x") as string });
  });

  test("without a text have their answer's status", () => {
    expect(described(failure(undefined, { status: 502 }), failure(new HttpError(504, ""), { status: 504 }))).toEqual([
      ["http_502", "It was answered with 502.", 1],
      ["http_504", "It was answered with 504.", 1],
    ]);
  });
});
