import { projectDirectory } from "../../../engine/project";
import { help, readArguments } from "../../../runbook/arguments";
import { Misuse } from "../../../command-line";

test("by default all systems of the stack local are rendered, in both formats", () => {
  expect(readArguments([])).toEqual({
    ...{ system: undefined, stack: "local", isDeployed: false, formats: ["markdown", "html"] },
    output: `${projectDirectory}/reports/runbooks`,
  });
});

test("a stack's state, one system, one format and a directory can be chosen", () => {
  expect(readArguments(["pm", "--stack", "prod", "--format", "html", "--output", "there"])).toEqual({
    ...{ system: "pm", stack: "prod", isDeployed: true, formats: ["html"], output: "there" },
  });
});

test("another file's configuration can be chosen", () => {
  expect(readArguments(["--configuration", "staging"])).toMatchObject({ stack: "staging", isDeployed: false });
});

test.each([
  [["shop"], "shop: expected one system of prism, omniops, mued, pm, ai-backend, or none for all"],
  [["pm", "prism"], "pm prism: expected one system of prism, omniops, mued, pm, ai-backend, or none for all"],
  [["--format", "pdf"], "--format pdf: expected markdown or html"],
  [
    ["--stack", "a", "--configuration", "b"],
    "--stack reads the state, and --configuration a file: leave out one of them",
  ],
])("%s is refused", (typed, message) => {
  expect(() => readArguments(typed)).toThrow(new Misuse(message));
});

test("an unknown option is refused", () => {
  expect(() => readArguments(["--pdf"])).toThrow(/^Unknown option '--pdf'/);
});

test("the help names every option", () => {
  for (const option of ["SYSTEM", "--stack", "--configuration", "--format", "--output"]) expect(help).toContain(option);
});
