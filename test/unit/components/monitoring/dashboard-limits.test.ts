import type { Thresholds } from "../../../../components/monitoring/dashboard";
import { levelOf, steps } from "../../../../components/monitoring/dashboard-limits";

const levels = (thresholds: Thresholds) => steps(thresholds).map(({ from, level }) => `${from} ${level}`);

test.each<[Thresholds, string[]]>([
  [{ bad: "above", warning: 2, critical: 5 }, ["-Infinity good", "2 warning", "5 critical"]],
  [{ bad: "above", critical: 5 }, ["-Infinity good", "5 critical"]],
  [{ bad: "below", warning: 0.2, critical: 0.1 }, ["-Infinity critical", "0.1 warning", "0.2 good"]],
  [{ bad: "below", critical: 0.95 }, ["-Infinity critical", "0.95 good"]],
  [{ bad: "below", warning: 1 }, ["-Infinity warning", "1 good"]],
])("the levels of %j ascend", (thresholds, expected) => expect(levels(thresholds)).toEqual(expected));

test.each([
  ["above", 0.0049, "good"],
  ["above", 0.005, "critical"],
  ["below", 0.0049, "critical"],
  ["below", 0.005, "good"],
] as const)("with %s being bad, %d at a limit of 0.005 is %s", (bad, value, level) => {
  expect(levelOf(value, { bad, critical: 0.005 })).toBe(level);
});
