import { isLost, type Pod } from "../../../lab/cluster/lost-pods";

const nodeStarted = Date.parse("2026-11-21T23:09:37Z");

function pod(change: { created?: string; owners?: unknown[]; restartPolicy?: string; phase?: string } = {}): Pod {
  const {
    created = "2026-11-21T22:58:18Z",
    owners = [{ kind: "Job" }],
    restartPolicy = "Never",
    phase = "Pending",
  } = change;
  return {
    metadata: { name: "initdb", namespace: "pm", creationTimestamp: created, ownerReferences: owners },
    spec: { restartPolicy },
    status: { phase },
  };
}

test("a Job's pod of before the node's start that still waits is lost", () => {
  expect(isLost(pod(), nodeStarted)).toBe(true);
});

test.each([
  ["is of this start", { created: "2026-11-21T23:10:00Z" }],
  ["may be restarted: the kubelet does it", { restartPolicy: "OnFailure" }],
  ["was running: the kubelet ends it", { phase: "Running" }],
  ["nobody would make again", { owners: [] }],
])("not one that %s", (_, change) => {
  expect(isLost(pod(change), nodeStarted)).toBe(false);
});
