import { Misuse } from "../../../../command-line";
import { readArguments } from "../../../../dashboards/pictures";

const url = "http://127.0.0.1:9090";

test("all dashboards are drawn, each over its own period", () => {
  const { minutes, dashboards, ...rest } = readArguments(["--prometheus", url]);
  expect([rest, minutes, dashboards.length]).toEqual([{ url }, undefined, 12]);
});

test("a period, some dashboards and namespaces can be given", () => {
  const typed = ["--prometheus", url, "--minutes", "15", "--only", "pm-errors", "--only", "runsheet-up"];
  const { minutes, dashboards } = readArguments([...typed, "--namespace", "pm=pm-staging"]);
  expect(minutes).toBe(15);
  expect(dashboards.map(({ uid, namespaces }) => [uid, ...namespaces])).toEqual([
    ["runsheet-up", "prism", "production", "mued", "pm-staging", "ai-backend"],
    ["pm-errors", "pm-staging"],
  ]);
});

test.each([
  [[], "--prometheus is missing: expected an address such as http://127.0.0.1:9090"],
  [
    ["--prometheus", "localhost:9090"],
    "--prometheus localhost:9090: expected an address such as http://127.0.0.1:9090",
  ],
  [["--prometheus", url, "here"], "here: expected options only"],
  [["--prometheus", url, "--minutes", "0"], "--minutes 0: expected a number above 0"],
  [["--prometheus", url, "--minutes", "soon"], "--minutes soon: expected a number above 0"],
])("a wrong command line is refused: %j", (typed, message) => {
  expect(() => readArguments(typed)).toThrow(new Misuse(message));
});

test("a dashboard that is not there is refused, with those that are", () => {
  expect(() => readArguments(["--prometheus", url, "--only", "pm"])).toThrow(
    /^--only pm: expected one of runsheet-platform, runsheet-up, prism-monitoring, /,
  );
});
