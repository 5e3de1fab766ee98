import { rolloutProblems, rolloutSettings } from "../../../../components/feature-flags/rules";

const definitions = { base: { requires: [] }, built: { requires: ["base"] } } as const;
const settings = rolloutSettings<"base" | "built">(definitions);
const problems = (rollouts: unknown) => rolloutProblems<"base" | "built">(definitions, settings.parse(rollouts));

test("a feature that is not mentioned is off", () => {
  const off = { enabled: false, percentage: 0, customers: [] };
  expect(settings.parse({})).toEqual({ base: off, built: off });
  expect(settings.parse({ base: { enabled: true } }).base).toEqual({ ...off, enabled: true });
});

test("a feature that nobody knows, and a percentage that is none", () => {
  expect(() => settings.parse({ other: {} })).toThrow(/unrecognized_keys/);
  expect(() => settings.parse({ base: { percentage: 101 } })).toThrow(/too_big/);
  expect(() => settings.parse({ base: { percentage: 0.5 } })).toThrow(/expected int/);
});

test.each<[string, unknown, string[]]>([
  ["both off", {}, []],
  ["off, whatever its percentage", { built: { percentage: 50 } }, []],
  [
    "as far as its prerequisite",
    { base: { enabled: true, percentage: 10 }, built: { enabled: true, percentage: 10 } },
    [],
  ],
  [
    "without its prerequisite",
    { built: { enabled: true } },
    ["built is enabled but requires base, which is not: enable base first"],
  ],
  [
    "further than its prerequisite",
    { base: { enabled: true, percentage: 10 }, built: { enabled: true, percentage: 25 } },
    ["built.percentage is 25 but requires base: set it to at most its 10 %, or raise base first"],
  ],
  [
    "for a customer without the prerequisite",
    { base: { enabled: true, customers: ["own"] }, built: { enabled: true, customers: ["own", "beta-inc"] } },
    ["built.customers has beta-inc, who would not have base, which it requires: add them there"],
  ],
  [
    "for a customer when everybody has the prerequisite",
    { base: { enabled: true, percentage: 100 }, built: { enabled: true, customers: ["beta-inc"] } },
    [],
  ],
])("a feature that is on %s", (_, rollouts, expected) => expect(problems(rollouts)).toEqual(expected));
