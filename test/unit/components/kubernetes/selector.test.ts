import { isSelected, type Selector } from "../../../../components/kubernetes/selector";

const labels = { team: "a", stage: "live" };
const by = (key: string, operator: string, ...values: string[]): Selector => ({
  matchExpressions: [{ key, operator, values }],
});

test.each<[string, Selector | undefined, boolean]>([
  ["none", undefined, false],
  ["an empty one", {}, true],
  ["some of the labels", { matchLabels: { team: "a" } }, true],
  ["another value", { matchLabels: { team: "a", stage: "test" } }, false],
  ["In", by("team", "In", "a", "b"), true],
  ["In, of others", by("team", "In", "b"), false],
  ["In, of a label that is not there", by("zone", "In", "a"), false],
  ["NotIn", by("team", "NotIn", "a"), false],
  ["NotIn, of others", by("team", "NotIn", "b"), true],
  ["NotIn, of a label that is not there", by("zone", "NotIn", "a"), true],
  ["Exists", by("team", "Exists"), true],
  ["Exists, of a label that is not there", by("zone", "Exists"), false],
  ["DoesNotExist", by("team", "DoesNotExist"), false],
  ["DoesNotExist, of a label that is not there", by("zone", "DoesNotExist"), true],
  ["one of two", { matchLabels: { team: "a" }, ...by("stage", "In", "test") }, false],
])("selection by %s", (_, selector, selected) => expect(isSelected(labels, selector)).toBe(selected));
