/** Command line of the search for drift, and its errors. */
import { Misuse } from "../../../command-line";
import { help, readArguments } from "../../../drift/arguments";

test("a search is one of the lab, as text, with the checks", () =>
  expect(readArguments([])).toEqual({ stack: "local", format: "text", checks: true }));

test("every option is read", () =>
  expect(
    readArguments(["--stack", "staging", "--format", "prometheus", "--output", "drift.prom", "--without-checks"]),
  ).toEqual({ stack: "staging", format: "prometheus", output: "drift.prom", checks: false }));

test.each(["text", "markdown", "json", "prometheus"])("%s is a format", (format) =>
  expect(readArguments(["--format", format])?.format).toBe(format),
);

test.each([
  [["--format", "html"], "--format html: expected one of text, markdown, json, prometheus"],
  [["staging"], "staging: expected options only, such as --stack staging"],
  [["--stack", ""], '--stack "": expected a name'],
  [["--stack=-x"], '--stack "-x": expected a name'],
  [["--output", ""], '--output "": expected a name'],
])("%j is refused", (typed, message) => expect(() => readArguments(typed)).toThrow(new Misuse(message)));

test("an unknown option is refused by its name", () =>
  expect(() => readArguments(["--stak", "x"])).toThrow("Unknown option '--stak'"));

test("help needs nothing else, and names every format and exit code", () => {
  expect(readArguments(["--help", "--format", "html"])).toBeUndefined();
  expect(help).toContain("--format text|markdown|json|prometheus");
  expect(help).toContain(
    "The exit code is 0 without drift, 1 with drift, 2 if not everything could be looked at, or the command line is wrong, and 3 if",
  );
});
