/** Judgement of one condition: series that end, and what begins near the end of a watch. */
import type { Condition } from "../../../../../components/watch";
import { Judge } from "../../../../../components/watch/in-pod/judge";
import type { Value } from "../../../../../components/watch/in-pod/prometheus";

const errors: Condition = { name: "error rate", query: "errors", unit: "%", atMost: 5, needs: "requests_total" };
const samples = 3;

function judged(condition: Condition, ...values: Value[]): Judge {
  const judge = new Judge(condition, undefined);
  values.forEach((value, index) => judge.take(value, index * 15));
  return judge;
}

test.each([
  ["that has to be there", errors],
  ["that may be absent", { ...errors, mayBeAbsent: "the application does not export it" }],
])("a series %s and has ended is not known: it may have been of the release before", (_, condition) =>
  expect(judged(condition, 1, undefined, undefined, undefined).outcome(samples)).toEqual({
    state: "unknown",
    text: "error rate is no longer known: for 3 samples Prometheus has had no requests_total",
  }),
);

test("a gap that is shorter, or over, is none", () => {
  const held = { state: "held", text: "error rate: 1 % at worst, at most 5 %" };
  expect(judged(errors, 1, undefined, undefined).outcome(samples)).toEqual(held);
  expect(judged(errors, 1, undefined, undefined, undefined, 1).outcome(samples)).toEqual(held);
});

test("a series that was never there may be absent", () => {
  const absent = { ...errors, mayBeAbsent: "there is no queue" };
  const none = [undefined, undefined, undefined, undefined];
  expect(judged(absent, ...none).outcome(samples)).toEqual({ state: "absent", text: "error rate: there is no queue" });
});

test.each<[string, Value[], boolean]>([
  ["the last value is within its bound", [9, 1], false],
  ["the last values are beyond it, and too few", [1, 9, 9], true],
  ["they are enough", [9, 9, 9], false],
  ["the series has ended a moment ago", [1, undefined], true],
  ["it has ended for good", [1, undefined, undefined, undefined], false],
  ["it was never there", [undefined], false],
])("whether more samples are needed: %s", (_, values, isOpen) =>
  expect(judged(errors, ...values).isOpen(samples)).toBe(isOpen),
);
