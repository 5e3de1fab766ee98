/** Jobs that take longer than their limit: which key the error names. */
import * as pulumi from "@pulumi/pulumi";
import { explainingDeadlines } from "../../../../components/kubernetes/deadlines";
import { Task, type TaskArgs } from "../../../../components/kubernetes/task";
import { collectResources, settled } from "../../../support/mocks";

const exceeded =
  "2 errors occurred:\n\t* created\n\t* [DeadlineExceeded] Job was active longer than specified deadline\n\n";
const told = jest.spyOn(pulumi.log, "error").mockResolvedValue(undefined);
beforeEach(() => void told.mockClear());

/** Returns what is said of a task whose Job has failed with an error. */
async function saidOf(args: Partial<TaskArgs>, error = exceeded, ended: readonly string[] = []): Promise<unknown[]> {
  void collectResources();
  const hooks: pulumi.ErrorHook[] = [];
  const explaining = explainingDeadlines(new Set(ended));
  const transformation: pulumi.ResourceTransformation = (resource) => {
    const result = explaining(resource);
    hooks.push(...(result?.opts.hooks?.onError ?? []));
    return undefined;
  };
  const task = { namespace: "mued", image: "sqitch:1.5", ...args };
  new Task("mued-migrate-notes", task, { transformations: [transformation] });
  await settled();
  expect(hooks.map(({ name }) => name)).toEqual(["job-deadlines"]);
  const failed = { urn: "urn:job", name: "mued-migrate-notes", errors: [error] };
  const newInputs = { metadata: { namespace: "mued", name: "mued-migrate-notes-1" } };
  expect(await hooks[0]!.callback({ ...failed, newInputs } as unknown as pulumi.ErrorHookArgs)).toBe(false);
  return told.mock.calls.map(([message]) => message);
}

test("the key that has the limit, with twice the time", async () =>
  expect(await saidOf({ deadlineSeconds: 3600, deadlineKey: "mued:schema.deadlineSeconds" })).toEqual([
    "the Job mued/mued-migrate-notes-1 took longer than 3600 s, and was ended. What to do: find what it waited for; if it needs " +
      "the time, pulumi config set --path mued:schema.deadlineSeconds 7200, and run up again, which runs the Job again",
  ]));

test("where the key is a part of the limit, twice what it is", async () =>
  expect(
    await saidOf({ deadlineSeconds: 7200, deadlineKey: "mued:restore.deadlineSeconds", keySeconds: 3600 }),
  ).toEqual([
    "the Job mued/mued-migrate-notes-1 took longer than 7200 s, and was ended. What to do: find what it waited for; if it needs " +
      "the time, pulumi config set --path mued:restore.deadlineSeconds 7200, and run up again, which runs the Job again",
  ]));

test("what to do where no key has it", async () =>
  expect(await saidOf({})).toEqual([
    "the Job mued/mued-migrate-notes-1 took longer than 600 s, and was ended. What to do: no key has this limit: find what it " +
      "waited for, such as a server that does not answer, and run up again, which runs the Job again",
  ]));

test.each<[string, string, readonly string[]]>([
  ["that failed by itself", "[BackoffLimitExceeded] Job has reached the specified backoff limit", []],
  ["that was ended because its pod did not start, which is told", exceeded, ["urn:job"]],
])("nothing of a Job %s", async (_, error, ended) => expect(await saidOf({}, error, ended)).toEqual([]));

test("nothing else has the hook", () => {
  void collectResources();
  const of = (type: string) =>
    explainingDeadlines(new Set())({ type, name: "demo", props: {}, opts: {}, resource: {} as pulumi.CustomResource });
  expect(of("kubernetes:batch/v1:CronJob")).toBeUndefined();
});
