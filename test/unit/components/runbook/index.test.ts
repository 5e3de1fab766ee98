import * as pulumi from "@pulumi/pulumi";
import { Runbook, type StepRecord } from "../../../../components/runbook";
import { collectResources, settled } from "../../../support/mocks";

const value = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => void output.apply(resolve));

beforeEach(() => void collectResources());
afterEach(settled);

test("steps are described in the order of their declaration, each after the last", async () => {
  const runbook = new Runbook("demo", { title: "Demo" });
  runbook.step("backup", { title: "Take a backup", verify: "it restores" }, () => undefined);
  runbook.step("migrate", { title: "Migrate", revert: "schema.target" }, () => undefined);
  runbook.step("functions", { title: "Functions", after: ["backup"] }, () => undefined);
  expect(await value(runbook.steps)).toEqual<StepRecord[]>([
    { name: "backup", title: "Take a backup", verify: "it restores", after: [] },
    { name: "migrate", title: "Migrate", revert: "schema.target", after: ["backup"] },
    { name: "functions", title: "Functions", after: ["backup"] },
  ]);
});

test("a step hands over what its body returns", () => {
  expect(new Runbook("demo", { title: "Demo" }).step("one", { title: "One" }, () => 42)).toBe(42);
});

test("two steps cannot have one name", () => {
  const runbook = new Runbook("demo", { title: "Demo" });
  runbook.step("one", { title: "One" }, () => undefined);
  expect(() => runbook.step("one", { title: "Again" }, () => undefined)).toThrow(
    'the runbook demo has two steps named "one"',
  );
});

test("a step can only follow one that is declared before it", () => {
  const runbook = new Runbook("demo", { title: "Demo" });
  runbook.step("one", { title: "One" }, () => undefined);
  expect(() => runbook.step("two", { title: "Two", after: ["three"] }, () => undefined)).toThrow(
    'step "two" of the runbook demo follows "three", which is not declared before it; declared: one',
  );
});
