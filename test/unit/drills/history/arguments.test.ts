/** Command lines of the history and of what is due, and their errors. */
import { readHistoryArguments } from "../../../../drills/history/arguments";

test("the history is of all stacks, and a page", () =>
  expect(readHistoryArguments("history", [])).toEqual({
    stack: undefined,
    from: [],
    format: "html",
    output: undefined,
  }));

test("what is due is of the lab", () => expect(readHistoryArguments("due", [])).toMatchObject({ stack: "local" }));

test("directories add up", () =>
  expect(readHistoryArguments("due", ["--from", "a", "--from", "b", "--stack", "eu"])).toMatchObject({
    stack: "eu",
    from: ["a", "b"],
  }));

test("help", () => expect(readHistoryArguments("due", ["--help"])).toBeUndefined());

test.each<["history" | "due", string[], string]>([
  ["history", ["--format", "xml"], "--format xml: expected one of html, json, csv, prometheus"],
  [
    "history",
    ["--format", "prometheus"],
    "--format prometheus needs --stack: namespaces of several stacks have the same names",
  ],
  ["history", ["prism"], "prism: expected options only"],
  ["due", ["--format", "csv"], "--format is for history only"],
  ["due", ["--output", "x"], "--output is for history only"],
])("%s %j is refused", (command, typed, message) =>
  expect(() => readHistoryArguments(command, typed)).toThrow(new Error(message)),
);

test("an option that there is not is refused", () =>
  expect(() => readHistoryArguments("history", ["--now"])).toThrow("--now"));
