/** Jobs whose pod does not start: the error that says why, and their end. */
import * as pulumi from "@pulumi/pulumi";
import type { ClusterClient } from "../../../../components/kubernetes/kubeconfig";
import { endUnlessStarted, watchingStarts } from "../../../../components/kubernetes/starting-jobs";
import { collectResources } from "../../../support/mocks";

const job = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "mued-migrate-1", namespace: "mued" } };
const path = "/apis/batch/v1/namespaces/mued/jobs/mued-migrate-1";
const pods = "/api/v1/namespaces/mued/pods?labelSelector=job-name%3Dmued-migrate-1";
const events = (uid: string) => `/api/v1/namespaces/mued/events?fieldSelector=involvedObject.uid%3D${uid}`;
const there = { metadata: { uid: "job-uid" } };
const quota = { items: [{ metadata: {}, type: "Warning", reason: "FailedCreate", message: "exceeded quota: q" }] };

/** Watches a Job of which each look finds the next of these objects, and the last for ever. */
async function watched(looks: readonly Readonly<Record<string, unknown>>[], patience = 20) {
  let look = -1;
  const patches: unknown[] = [];
  const told: string[] = [];
  const client: ClusterClient = {
    read: <Found>(asked: string) => {
      if (asked === path) look = Math.min(look + 1, looks.length - 1);
      const found = looks[look]![asked];
      return found instanceof Error ? Promise.reject(found) : Promise.resolve(found as Found | undefined);
    },
    patch: (...asked) => (patches.push(asked), Promise.resolve({} as never)),
  };
  const tell = (why: string) => (told.push(why), Promise.resolve());
  await endUnlessStarted(client, job, tell, { every: 1, patience });
  return { told, patches };
}

const refused = { [path]: there, [pods]: { items: [] }, [events("job-uid")]: quota };
const ended = [
  `${path}?fieldManager=runsheet-job-starts`,
  "application/json-patch+json",
  [
    { op: "test", path: "/metadata/uid", value: "job-uid" },
    { op: "replace", path: "/spec/activeDeadlineSeconds", value: 1 },
  ],
];

test("a Job whose pod is not made is ended, with the event that explains it", async () =>
  expect(await watched([{}, refused])).toEqual({ told: ["FailedCreate: exceeded quota: q"], patches: [ended] }));

test("so is one whose pod is there and has not started", async () => {
  const message = 'secret "mued-secrets" not found';
  const containerStatuses = [{ state: { waiting: { reason: "CreateContainerConfigError", message } } }];
  const pod = { metadata: { uid: "pod-uid" }, status: { phase: "Pending", containerStatuses } };
  expect((await watched([{ [path]: there, [pods]: { items: [pod] } }])).told).toEqual([
    `CreateContainerConfigError: ${message}`,
  ]);
});

const running = { [path]: there, [pods]: { items: [{ metadata: { uid: "p" }, status: { phase: "Running" } }] } };
const isDone = { ...there, status: { conditions: [{ type: "Complete", status: "True" }] } };

test.each<[string, readonly Readonly<Record<string, unknown>>[]]>([
  ["whose pod runs", [{}, running]],
  ["whose pod starts in time", [refused, running]],
  ["that is done", [{ ...refused, [path]: isDone }]],
  ["that was deleted", [refused, {}]],
  ["that was never created", [{}]],
  ["of which the API server says nothing for a moment", [{ [path]: new Error("503") }, running]],
])("a Job %s is left alone", async (_, looks) =>
  expect(await watched(looks, 60_000)).toEqual({ told: [], patches: [] }),
);

test("who may not read events is told what the pod says", async () => {
  const status = { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", message: "no node" }] };
  const found = {
    [path]: there,
    [pods]: { items: [{ metadata: { uid: "p" }, status }] },
    [events("p")]: new Error("403"),
  };
  expect((await watched([found])).told).toEqual(["no node takes it: no node"]);
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
