import { Task, type TaskArgs } from "../../../../components/kubernetes/task";
import { collectResources, settled } from "../../../support/mocks";

const base: TaskArgs = { namespace: "somewhere", image: "image:1", command: ["run"] };

/** Job that a Task creates. */
async function job(changes: Partial<TaskArgs> = {}) {
  const resources = collectResources();
  new Task("demo", { ...base, ...changes });
  await settled();
  return resources.find(({ type }) => type === "kubernetes:batch/v1:Job")!.inputs as {
    metadata: { name: string; annotations: Record<string, string> };
    spec: Record<string, unknown> & { template: { spec: { containers: Record<string, unknown>[] } } };
  };
}

test("the same task has the same name", async () => {
  expect((await job()).metadata.name).toBe((await job()).metadata.name);
  expect((await job()).metadata.name).toMatch(/^demo-[0-9a-f]{10}$/);
});

test.each<[string, Partial<TaskArgs>]>([
  ["another image", { image: "image:2" }],
  ["another command", { command: ["run", "faster"] }],
  ["another file", { files: { "file.sql": "SELECT 1" } }],
  ["another variable", { environment: { NAME: "value" } }],
  ["another secret", { environment: { NAME: { secret: "other", key: "key" } } }],
  ["another trigger", { trigger: ["release 2"] }],
])("%s is another task", async (_, changes) => {
  expect((await job(changes)).metadata.name).not.toBe((await job()).metadata.name);
});

test("a failed task is run again by the next up, and by nothing else", async () => {
  const { metadata, spec } = await job();
  expect(metadata.annotations["pulumi.com/replaceUnready"]).toBe("true");
  expect(spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 600 });
  expect(spec).not.toHaveProperty("ttlSecondsAfterFinished");
});

test("what a failed container printed last is in its status", async () => {
  const { spec } = await job();
  expect(spec.template.spec.containers[0]).toMatchObject({ terminationMessagePolicy: "FallbackToLogsOnError" });
});

test("another password is no other task: it reads the password when it starts", async () => {
  const named = async (revision: string) =>
    (await job({ environment: { URL: { secret: "demo", key: "uri", revision } } })).metadata.name;
  expect(await named("one")).toBe(await named("other"));
});

test("a pod that a node's drain takes away is no failure", async () => {
  const { spec } = await job();
  expect(spec).toMatchObject({
    podFailurePolicy: {
      rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
    },
  });
});
