/** Command line of a drill, and its errors. */
import { help, readArguments } from "../../../drills/arguments";
import { scenarios } from "../../../drills/scenarios";
import { scenarioNames } from "../../../stack/drills";
import { names } from "../../../systems";

test("a scenario alone is for its first system, in the lab", () =>
  expect(readArguments(["point-in-time"])).toMatchObject({
    scenario: { name: "point-in-time" },
    system: "prism",
    stack: "local",
    goesOn: false,
    yes: false,
  }));

test.each([
  ["redis-failure", "omniops"],
  ["model-volume", "ai-backend"],
  ["lost-cluster", "stack"],
])("%s is for %s", (scenario, system) => expect(readArguments([scenario])).toMatchObject({ system }));

test.each([
  [[], `expected one scenario, history, due or region: ${scenarioNames.join(", ")}`],
  [["earthquake"], `expected one scenario, history, due or region: ${scenarioNames.join(", ")}`],
  [["failover", "--system", "billing"], `--system billing: failover is for ${names.join(", ")}`],
  [["redis-failure", "--system", "prism"], "--system prism: redis-failure is for omniops"],
  [["lost-cluster", "--system", "prism"], "lost-cluster is for the whole stack: remove --system"],
  [
    ["failover", "--at", "2026-11-27T09:30:00Z"],
    "--at 2026-11-27T09:30:00Z: expected a time such as 2026-11-27T09:30:00Z, for point-in-time only",
  ],
  [
    ["point-in-time", "--at", "yesterday"],
    "--at yesterday: expected a time such as 2026-11-27T09:30:00Z, for point-in-time only",
  ],
  [["point-in-time", "--at", "2999-01-01T00:00:00Z"], "--at 2999-01-01T00:00:00Z: it is in the future"],
  [
    ["point-in-time", "--at", "2026-11-27T09:30:00Z", "--continue"],
    "--at 2026-11-27T09:30:00Z: a drill that continues has its time already: leave --at out",
  ],
  [["failover", "--from", "production"], "--from production: expected for restore-elsewhere only, and without --stack"],
  ...[["lost-cluster"], ["restore-elsewhere", "--from", "production", "--continue"]].map(
    (typed): [string[], string] => [
      [...typed, "--clean-up"],
      "--clean-up: expected for restore-elsewhere only, and without --continue",
    ],
  ),
  [
    ["restore-elsewhere", "--from", "production", "--stack", "staging"],
    "--from production: expected for restore-elsewhere only, and without --stack",
  ],
])("%j is refused", (typed, message) => expect(() => readArguments(typed)).toThrow(message));

test("zone-loss is for the node of a system's primary", () =>
  expect(readArguments(["zone-loss", "--system", "prism"])).toMatchObject({
    scenario: { name: "zone-loss" },
    system: "prism",
  }));

test("restore-elsewhere reads the stack that it is from", () =>
  expect(readArguments(["restore-elsewhere", "--from", "production"])).toMatchObject({ stack: "production" }));

test("an option that there is not is refused", () =>
  expect(() => readArguments(["failover", "--now"])).toThrow("--now"));

test("help names every scenario", () => {
  expect(readArguments(["--help"])).toBeUndefined();
  for (const { name, description } of scenarios) expect(help()).toContain(`${name.padEnd(20)} ${description}`);
});

test("the names of the scenarios are those that a stack may configure", () =>
  expect(scenarios.map(({ name }) => name)).toEqual(scenarioNames));
