import { failedResource, type StepProgress } from "../../../components/runbook";
import { whereItStands } from "../../../stack/summary";

const done = (step: string): StepProgress => ({ step, state: "done", failed: [] });
const stopped = (step: string, ...failed: string[]): StepProgress => ({ step, state: "stopped", failed });
const waiting = (step: string): StepProgress => ({ step, state: "waiting", failed: [] });

test.each<[string, StepProgress[], string]>([
  ["done", [done("backup"), done("migrate")], "done"],
  [
    "stopped, by what",
    [done("backup"), stopped("migrate", "prism-migrate-broken"), waiting("services"), waiting("verify")],
    "stopped in migrate (prism-migrate-broken); not done: services, verify",
  ],
  [
    "stopped in its last step",
    [done("backup"), stopped("verify", "prism-smoke-test")],
    "stopped in verify (prism-smoke-test)",
  ],
  [
    "stopped in two steps that are parallel",
    [stopped("services", "prism-api"), stopped("functions", "prism-functions"), waiting("verify")],
    "stopped in services (prism-api), functions (prism-functions); not done: verify",
  ],
  [
    "stopped, with what stays as it is until a later step",
    [{ ...done("on"), leaves: { what: "maintenance mode", until: "off" } }, stopped("migrate", "job"), waiting("off")],
    "stopped in migrate (job); not done: off; left: maintenance mode",
  ],
  [
    "stopped before it began with that",
    [
      stopped("migrate", "job"),
      { ...waiting("on"), leaves: { what: "maintenance mode", until: "off" } },
      waiting("off"),
    ],
    "stopped in migrate (job); not done: on, off",
  ],
  [
    "not begun, since what all systems need is not there",
    [waiting("environment"), waiting("backup")],
    "not begun; not done: environment, backup",
  ],
])("a system that is %s", (_, steps, line) => expect(whereItStands(steps)).toBe(line));

test("the failed resource is found in the SDK's error, behind whatever chain", () => {
  const message = "resource prism-api [kubernetes:apps/v1:Deployment] failed to register";
  expect(failedResource(new Error(message))).toBe("prism-api");
  expect(failedResource(new Error(`error serializing property "spec": ${message}`))).toBe("prism-api");
  expect(failedResource(new Error("something else"))).toBeUndefined();
});
