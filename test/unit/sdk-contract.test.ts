/** Contract with the SDK: its error messages are parsed, and another version may change them. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "..", "..");
const program = ["--require", "./register.cjs", "test/support/failing-program.ts"];
const output = execFileSync(process.execPath, program, { cwd: root, encoding: "utf8" });
const { progress, shown, ...errors } = JSON.parse(output) as Record<string, unknown>;

// The SDK shares one error between these resources, and extends its message for the dependent ones.
const message = 'error serializing property "data": resource failing [kubernetes:core/v1:ConfigMap] failed to register';

test.each(["failing", "using", "after"])("the resource that failed is named at the end of the error of %s", (name) =>
  expect(errors[name]).toEqual({ message, failed: "failing" }),
);

test("so the step in which it stopped is known", () =>
  expect(progress).toMatchObject([
    { step: "one", state: "stopped", failed: ["failing"] },
    { step: "two", state: "waiting", failed: [] },
  ]));

test("and what is shown of those that wait is short", () =>
  expect(shown).toEqual(["failing failed: resources that depend on it were left unchanged"]));
