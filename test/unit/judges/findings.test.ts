/** Findings of the judges, explained or not. */
import { explanations, problemsOf, type Explanation, type Finding } from "../../judges/findings";

const finding = (more: Partial<Finding> = {}): Finding => ({
  judge: "kube-score",
  check: "container-resources",
  says: "CPU limit is not set",
  object: "local/Job/demo-dump-1",
  ...more,
});
const explanation = (more: Partial<Explanation> = {}): Explanation => ({
  judge: "kube-score",
  check: "container-resources",
  says: "CPU limit is not set",
  on: ["*/Job/demo-*"],
  because: "Nobody is slowed.",
  ...more,
});

test("what is explained is no problem", () => {
  expect(problemsOf([finding(), finding({ object: "production/Job/demo-check" })], [explanation()])).toEqual([]);
});

test.each<[string, Partial<Finding>]>([
  ["kube-score container-probes: CPU limit is not set", { check: "container-probes" }],
  ["kube-score container-resources: Memory limit is not set", { says: "Memory limit is not set" }],
  ["checkov container-resources: CPU limit is not set", { judge: "checkov" }],
])("another finding on the same object is one: %s", (title, more) => {
  expect(problemsOf([finding(), finding(more)], [explanation()])).toEqual([`${title}\n    local/Job/demo-dump-1`]);
});

test("another object is one, and a check names its objects once, in order", () => {
  const findings = ["local/Job/b", "local/Job/a", "local/Job/a", "local/CronJob/demo-x"].map((object) =>
    finding({ object }),
  );
  expect(problemsOf([finding(), ...findings], [explanation()])).toEqual([
    "kube-score container-resources: CPU limit is not set\n    local/CronJob/demo-x\n    local/Job/a\n    local/Job/b",
  ]);
});

test("an explanation of what is found no more is one, for each of its patterns", () => {
  expect(problemsOf([finding()], [explanation({ on: ["local/Job/*", "staging/*/*"] })])).toEqual([
    "kube-score container-resources: CPU limit is not set\n    not found any more on staging/*/*",
  ]);
});

test("a pattern is no regular expression, and a * does not reach beyond a part", () => {
  expect(
    problemsOf([finding({ object: "local/Job/demo.a" })], [explanation({ on: ["local/Job/demo.?"] })]),
  ).toHaveLength(2);
  expect(problemsOf([finding()], [explanation({ on: ["*/demo-dump-1"] })])).toHaveLength(2);
});

test.each([
  ["without a reason", { because: "" }],
  ["without objects", { on: [] }],
  ["with an object that is not STACK/KIND/NAME", { on: ["Job/demo"] }],
  ["of another judge", { judge: "nobody" }],
])("an explanation %s is refused", (_, more) => {
  expect(explanations.safeParse([{ ...explanation(), ...more }]).success).toBe(false);
});
