/** The limits of tasks: which key has that of which Job. */
import * as pulumi from "@pulumi/pulumi";
import { Task } from "../../../components/kubernetes/task";
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { runProgram, type RegisteredProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const tasks = new Map<string, Task["limit"]>();
let program: RegisteredProgram;
beforeAll(async () => {
  const register = Reflect.get(Task.prototype, "registerOutputs") as (outputs: pulumi.Inputs) => void;
  // Each task has its limit by then.
  jest.spyOn(Task.prototype, "registerOutputs" as never).mockImplementation(function (this: Task, outputs: never) {
    tasks.set(Reflect.get(this, "__name") as string, this.limit);
    register.call(this, outputs);
  } as never);
  program = await runProgram({
    "runsheet:systems": ["mued", "pm", "omniops", "ai-backend"],
    "mued:schema": { deadlineSeconds: 14_400 },
    "ai-backend:models": { deadlineSeconds: 120 },
    "pm:dump": { deadlineSeconds: 900 },
    "pm:checks": { tests: { image: "registry.example/tests:1", command: ["true"], deadlineSeconds: 70 } },
    "pm:backup": { command: { image: "registry.example/neon:1", command: ["true"], deadlineSeconds: 80 } },
  });
});

test.each([
  ["mued-migrate-0002-add-rag-metrics", 14_400, "mued:schema.deadlineSeconds"],
  ["mued-schema-check", 14_400, "mued:schema.deadlineSeconds"],
  ["pm-dump", 900, "pm:dump.deadlineSeconds"],
  ["pm-check-tests", 70, "pm:checks.tests.deadlineSeconds"],
  ["pm-backup-command", 80, "pm:backup.command.deadlineSeconds"],
  ["ai-backend-models-provide", 120, "ai-backend:models.deadlineSeconds"],
  ["ai-backend-models-backup", 120, "ai-backend:models.deadlineSeconds"],
])("%s ends after %d s, which %s says", (name, seconds, key) => {
  expect(tasks.get(name)).toEqual({ seconds, key, keySeconds: seconds });
  expect(program.inputs("Job", name).spec.activeDeadlineSeconds).toBe(seconds);
});

test("without the key a change has an hour", () => {
  const name = program.names("Job").find((name) => name.startsWith("pm-migrate-"))!;
  expect(tasks.get(name)).toEqual({ seconds: 3600, key: "pm:schema.deadlineSeconds", keySeconds: 3600 });
});
