import { troubles, waitsFor, type Deployment } from "../../../../../components/workload/in-pod/progress";

/** Deployment of a completed rollout, with `changes`. */
const deployment = (changes: { generation?: number; status?: object }): Deployment => ({
  metadata: { generation: changes.generation ?? 7, annotations: { "runsheet/revision": "new" } },
  spec: { replicas: 3 },
  status: { observedGeneration: 7, replicas: 3, updatedReplicas: 3, availableReplicas: 3, ...changes.status },
});

test("a rollout is over when every pod is new and available, and the change was seen", () => {
  expect(waitsFor(deployment({}), "new")).toBeUndefined();
  expect(
    waitsFor({ metadata: deployment({}).metadata, spec: { replicas: 0 }, status: { observedGeneration: 7 } }, "new"),
  ).toBeUndefined();
});

test.each([
  // The provider's first read may still show the state before the change, which is ready.
  [{ generation: 8 }, "Kubernetes has not processed the change yet"],
  [{ status: { observedGeneration: undefined } }, "Kubernetes has not processed the change yet"],
  [{ status: { updatedReplicas: undefined } }, "0 of 3 pods are new"],
  [{ status: { replicas: 4, updatedReplicas: 1 } }, "1 of 3 pods are new"],
  [{ status: { replicas: 4 } }, "1 of the old pods are left"],
  [{ status: { availableReplicas: 2 } }, "2 of 3 pods are available"],
])("%j: %s", (changes, reason) => expect(waitsFor(deployment(changes), "new")).toBe(reason));

test("a Deployment that was given another revision is not the one that is waited for", () => {
  expect(waitsFor(deployment({}), "newer")).toBe("the Deployment has the revision new, expected newer");
  expect(waitsFor({ ...deployment({}), metadata: { generation: 1 } }, "newer")).toBe(
    "the Deployment has the revision of another tool, expected newer",
  );
});

test("pods that do not start are named, with Kubernetes' reason", () => {
  const pod = (name: string, waiting?: object) => ({
    metadata: { name },
    status: { containerStatuses: [{ state: { waiting } }] },
  });
  expect(
    troubles([
      pod("runs"),
      pod("begins", { reason: "ContainerCreating" }),
      pod("fails", { reason: "ErrImagePull", message: "there is none" }),
      pod("ends", { reason: "CrashLoopBackOff" }),
      { metadata: { name: "waits for a node" }, status: {} },
    ]),
  ).toEqual(["fails: ErrImagePull: there is none", "ends: CrashLoopBackOff"]);
});
