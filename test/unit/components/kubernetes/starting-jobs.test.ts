/** Jobs whose pod does not start: the error that says why, and their end. */
import * as pulumi from "@pulumi/pulumi";
import type { ClusterClient } from "../../../../components/kubernetes/kubeconfig";
import { endUnlessStarted, watchingStarts } from "../../../../components/kubernetes/starting-jobs";
import { collectResources } from "../../../support/mocks";

const named = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "mued-migrate-1", namespace: "mued" } };
const path = "/apis/batch/v1/namespaces/mued/jobs/mued-migrate-1";
const pods = "/api/v1/namespaces/mued/pods?labelSelector=batch.kubernetes.io%2Fcontroller-uid%3Djob-uid";
const events = (uid: string) => `/api/v1/namespaces/mued/events?fieldSelector=involvedObject.uid%3D${uid}`;
const there = { metadata: { uid: "job-uid" } };
const warning = (reason: string, message: string) => ({
  items: [{ metadata: {}, type: "Warning", reason, message }],
});
const quota = 'Error creating: pods "mued-migrate-1-x" is forbidden: exceeded quota: q';

type Look = Readonly<Record<string, unknown>>;
interface Watch {
  readonly patience?: number;
  readonly longest?: number;
  readonly activeDeadlineSeconds?: number;
  /** Number of patches that are refused first. */
  readonly refusals?: number;
}

/** Watches a Job of which each look finds the next of these objects, and the last for ever. */
async function watched(
  looks: readonly Look[],
  { patience = 20, longest = 60_000, activeDeadlineSeconds, refusals = 0 }: Watch = {},
) {
  let look = -1;
  const patches: unknown[] = [];
  const [warned, failed]: [string[], string[]] = [[], []];
  const client: ClusterClient = {
    read: <Found>(asked: string) => {
      if (asked === path) look = Math.min(look + 1, looks.length - 1);
      const found = looks[look]![asked];
      return found instanceof Error ? Promise.reject(found) : Promise.resolve(found as Found | undefined);
    },
    patch: (...asked) =>
      patches.push(asked) <= refusals ? Promise.reject(new Error("503")) : Promise.resolve({} as never),
  };
  const told = {
    warn: (why: string) => (warned.push(why), Promise.resolve()),
    fail: (why: string) => (failed.push(why), Promise.resolve()),
  };
  const job = { ...named, spec: { activeDeadlineSeconds } };
  await endUnlessStarted(() => Promise.resolve(client), job, told, { every: 1, patience, longest });
  return { warned, failed, patches };
}

const refused = { [path]: there, [pods]: { items: [] }, [events("job-uid")]: warning("FailedCreate", quota) };
const ended = [
  `${path}?fieldManager=runsheet-job-starts`,
  "application/json-patch+json",
  [
    { op: "test", path: "/metadata/uid", value: "job-uid" },
    { op: "replace", path: "/spec/activeDeadlineSeconds", value: 1 },
  ],
];

test("a Job whose pod is not made is ended, with the event that explains it", async () =>
  expect(await watched([{}, refused])).toEqual({ warned: [], failed: [`FailedCreate: ${quota}`], patches: [ended] }));

test("so is one whose pod is there and has not started", async () => {
  const message = 'secret "mued-secrets" not found';
  const containerStatuses = [{ state: { waiting: { reason: "CreateContainerConfigError", message } } }];
  const pod = { metadata: { uid: "pod-uid" }, status: { phase: "Pending", containerStatuses } };
  expect((await watched([{ [path]: there, [pods]: { items: [pod] } }])).failed).toEqual([
    `CreateContainerConfigError: ${message}`,
  ]);
});

test("it is told once if it cannot be ended at the first try", async () =>
  expect(await watched([refused], { refusals: 2 })).toEqual({
    ...{ warned: [], failed: [`FailedCreate: ${quota}`] },
    patches: [ended, ended, ended],
  }));

const pending = (uid: string) => ({ metadata: { uid }, status: { phase: "Pending" } });
const isRunning = { metadata: { uid: "p" }, status: { phase: "Running" } };
const running = { [path]: there, [pods]: { items: [isRunning] } };
const isDone = { ...there, status: { conditions: [{ type: "Complete", status: "True" }] } };
const done = { [path]: isDone };
const multiAttach = "Multi-Attach error for volume pvc-1";
const detaching = {
  ...{ [path]: there, [pods]: { items: [pending("p")] } },
  [events("p")]: warning("FailedAttachVolume", multiAttach),
};
const times = (count: number, look: Look) => Array.from({ length: count }, () => look);

test("what may pass is told while it is waited for, and the Job is left alone", async () =>
  expect(await watched([...times(60, detaching), running, done])).toEqual({
    ...{ warned: [`FailedAttachVolume: ${multiAttach}`], failed: [], patches: [] },
  }));

test("what has not passed in time ends the Job", async () =>
  expect(await watched([detaching], { longest: 60 })).toEqual({
    ...{ warned: [`FailedAttachVolume: ${multiAttach}`], failed: [`FailedAttachVolume: ${multiAttach}`] },
    patches: [ended],
  }));

test("a Job with a short limit is ended before it, which would say less", async () =>
  expect((await watched([detaching], { activeDeadlineSeconds: 30.1 })).failed).toEqual([
    `FailedAttachVolume: ${multiAttach}`,
  ]));

test.each<[string, readonly Look[]]>([
  ["whose pod runs", [{}, running, done]],
  ["whose pod starts in time", [refused, running, done]],
  ["that is done", [{ ...refused, [path]: isDone }]],
  ["that was deleted", [refused, {}]],
  ["that was never created", [{}]],
  ["of which the API server says nothing for a moment", [{ [path]: new Error("503") }, running, done]],
])("a Job %s is left alone", async (_, looks) =>
  expect(await watched(looks, { patience: 60_000 })).toEqual({ warned: [], failed: [], patches: [] }),
);

test("the pod that follows a drain is watched as well", async () => {
  const drained = { metadata: { uid: "drained" }, status: { phase: "Failed" } };
  const next = { [path]: there, [pods]: { items: [drained, pending("p")] } };
  const message = 'MountVolume.SetUp failed for volume "v" : secret "s" not found';
  expect(await watched([running, running, { ...next, [events("p")]: warning("FailedMount", message) }])).toEqual({
    ...{ warned: [], failed: [`FailedMount: ${message}`], patches: [ended] },
  });
});

test("who may not read events is told what the pod says", async () => {
  const status = { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", message: "no node" }] };
  const found = {
    [path]: there,
    [pods]: { items: [{ metadata: { uid: "p" }, status }] },
    [events("p")]: new Error("403"),
  };
  expect((await watched([...times(60, found), done])).warned).toEqual(["no node takes it: no node"]);
});

test("a watch that finds out nothing ends with the Job's limit", async () => {
  const begin = Date.now();
  await watched([{ [path]: new Error("401") }], { activeDeadlineSeconds: 0.2 });
  expect(Date.now() - begin).toBeLessThan(2000);
});

test("each Job that is created is watched, and nothing else", () => {
  void collectResources();
  const transform = watchingStarts(() => Promise.reject(new Error("not asked")));
  const of = (type: string) =>
    transform({ type, name: "demo", props: {}, opts: {}, resource: {} as pulumi.CustomResource });
  const hooks = of("kubernetes:batch/v1:Job")?.opts.hooks?.beforeCreate as pulumi.ResourceHook[];
  expect(hooks.map(({ name }) => name)).toEqual(["job-starts"]);
  expect(of("kubernetes:batch/v1:CronJob")).toBeUndefined();
});

test.each([
  [
    "error",
    refused,
    `FailedCreate: ${quota}. The Job was ended. What to do: mend that, and run up again, which runs the Job again`,
  ],
  ["warn", detaching, `yet: FailedAttachVolume: ${multiAttach}. It may pass, and is waited for, ten minutes at most`],
] as const)("a connection that fails is made again, and the %s is told", async (level, state, text) => {
  void collectResources();
  const connect = jest.fn<Promise<ClusterClient>, []>();
  connect.mockRejectedValueOnce(new Error("the plugin failed"));
  connect.mockResolvedValue({
    // Once it is told, the Job is gone.
    read: <Found>(asked: string) => Promise.resolve((log.mock.calls.length ? {} : (state as Look))[asked] as Found),
    patch: () => Promise.resolve({} as never),
  });
  const log = jest.spyOn(pulumi.log, level);
  const told = new Promise((resolve) =>
    log.mockReset().mockImplementation((...[message]) => Promise.resolve(resolve(message))),
  );
  const urns = new Set<string>();
  const transform = watchingStarts(connect, urns, { every: 1, patience: 20, longest: 60_000 });
  const { opts } = transform({
    ...{ type: "kubernetes:batch/v1:Job", name: "demo", props: {}, opts: {}, resource: {} as pulumi.CustomResource },
  })!;
  const [hook] = opts.hooks!.beforeCreate as pulumi.ResourceHook[];
  const newInputs = { ...named, spec: { activeDeadlineSeconds: 600 } };
  void hook!.callback({ urn: "urn:job", newInputs } as unknown as pulumi.ResourceHookArgs);
  expect(await told).toBe(
    `the pod of the Job mued/mued-migrate-1 does not start${level === "warn" ? " " : ": "}${text}`,
  );
  expect(connect).toHaveBeenCalledTimes(2);
  expect([...urns]).toEqual(level === "error" ? ["urn:job"] : []);
});
