/** Command line of the preview, and its errors. */
import { readArguments } from "../../../preview/arguments";

test("a preview is one of the lab, as text", () =>
  expect(readArguments([])).toEqual({ stack: "local", format: "text", policyPacks: [], expectNoChanges: false }));

test("every option is read", () =>
  expect(
    readArguments([
      ...["--stack", "staging", "--format", "markdown", "--output", "preview.md", "--base", "origin/main"],
      ...["--policy-pack", "policy", "--policy-pack", "more", "--expect-no-changes"],
    ]),
  ).toEqual({
    stack: "staging",
    format: "markdown",
    output: "preview.md",
    base: "origin/main",
    policyPacks: ["policy", "more"],
    expectNoChanges: true,
  }));

test.each([
  [["--format", "html"], "--format html: expected one of text, markdown, json"],
  [["staging"], "staging: expected options only, such as --stack staging"],
  [["--stack", ""], '--stack "": expected a name'],
  [["--base=--output=x"], '--base "--output=x": expected a name'],
  [["--stak", "x"], "Unknown option '--stak'"],
])("%j is refused", (typed, message) => expect(() => readArguments(typed)).toThrow(message));

test("help needs nothing else", () => expect(readArguments(["-h"])).toBeUndefined());
