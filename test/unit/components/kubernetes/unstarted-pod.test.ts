/** Reasons for which a Job's pod does not start, as the API server has them. */
import { reasonOf, started, type Event, type Pod } from "../../../../components/kubernetes/unstarted-pod";

const event = (second: number, type: string, reason: string, message: string): Event => ({
  metadata: {},
  type,
  reason,
  message,
  lastTimestamp: `2026-12-02T00:00:${String(second).padStart(2, "0")}Z`,
});
const pod = (status: Pod["status"]): Pod => ({ metadata: { uid: "u" }, status });
const pending = (status: Pod["status"] = {}) => pod({ phase: "Pending", ...status });
const waits = (reason: string, message?: string) => ({ state: { waiting: { reason, message } } });
const unscheduled = [{ type: "PodScheduled", status: "False", message: "0/3 nodes are available" }];

const quota = "Error creating: pods is forbidden: exceeded quota: q";
const secret = 'secret "mued-secrets" not found';

test.each<[string, Pod | undefined, Event[], string | undefined]>([
  ["a quota", undefined, [event(1, "Warning", "FailedCreate", quota)], `FailedCreate: ${quota}`],
  ["nobody says what", undefined, [], "no pod was made, and no event says why"],
  ["no node", pending({ conditions: unscheduled }), [], "no node takes it: 0/3 nodes are available"],
  [
    "no node, with the scheduler's event",
    pending({ conditions: unscheduled }),
    [event(1, "Warning", "FailedScheduling", "0/3 nodes are available: 3 Insufficient cpu.")],
    "FailedScheduling: 0/3 nodes are available: 3 Insufficient cpu.",
  ],
  [
    "a volume",
    pending({ containerStatuses: [waits("ContainerCreating")] }),
    [event(1, "Normal", "Scheduled", "on node"), event(2, "Warning", "FailedMount", `MountVolume failed: ${secret}`)],
    `FailedMount: MountVolume failed: ${secret}`,
  ],
  [
    "a sandbox that is not made",
    pending({ containerStatuses: [waits("ContainerCreating")] }),
    [
      event(1, "Normal", "Scheduled", "on node"),
      event(2, "Warning", "FailedCreatePodSandBox", "plugin type=calico failed: no IP addresses"),
    ],
    "FailedCreatePodSandBox: plugin type=calico failed: no IP addresses",
  ],
  [
    "a claim that nothing binds",
    pending({ conditions: [{ ...unscheduled[0]!, message: "pod has unbound immediate PersistentVolumeClaims" }] }),
    [],
    "no node takes it: pod has unbound immediate PersistentVolumeClaims",
  ],
  [
    "a webhook that does not answer",
    undefined,
    [event(1, "Warning", "FailedCreate", 'Internal error occurred: failed calling webhook "x.y": connection refused')],
    'FailedCreate: Internal error occurred: failed calling webhook "x.y": connection refused',
  ],
  [
    "a variable of a Secret that lacks the key",
    pending({ containerStatuses: [waits("CreateContainerConfigError", secret)] }),
    [event(1, "Warning", "Failed", "Error: CreateContainerConfigError")],
    `CreateContainerConfigError: ${secret}`,
  ],
  [
    "an image, with the registry's answer",
    pending({ initContainerStatuses: [waits("ImagePullBackOff", "Back-off pulling image")] }),
    [
      event(2, "Warning", "Failed", 'Failed to pull image "registry/x:1": 401 Unauthorized'),
      event(3, "Warning", "Failed", "Error: ErrImagePull"),
      event(4, "Normal", "BackOff", "Back-off pulling image"),
    ],
    'Failed to pull image "registry/x:1": 401 Unauthorized',
  ],
  [
    "the image of the second container, after the first has run",
    pending({ initContainerStatuses: [{ state: { terminated: {} } }], containerStatuses: [waits("InvalidImageName")] }),
    [],
    "InvalidImageName: the node says no more",
  ],
])("%s keeps a pod from starting", (_, found, events, why) => expect(reasonOf(found, events)).toBe(why));

test.each<[string, Pod, Event[]]>([
  [
    "an image that arrives, after a volume that came late",
    pending({ containerStatuses: [waits("ContainerCreating")] }),
    [event(2, "Normal", "Pulling", "Pulling image"), event(1, "Warning", "FailedMount", "not yet")],
  ],
  ["an init container that works", pending({ initContainerStatuses: [{ state: { running: {} } }] }), []],
  ["a pod that nobody has looked at", pending(), []],
  [
    "a node that the autoscaler makes",
    pending({ conditions: unscheduled }),
    [event(1, "Normal", "TriggeredScaleUp", "pod triggered scale-up"), event(2, "Warning", "FailedScheduling", "none")],
  ],
  [
    "a node that Karpenter makes",
    pending({ conditions: unscheduled }),
    [
      event(2, "Normal", "Nominated", "Pod should schedule on: nodeclaim/a"),
      event(1, "Warning", "FailedScheduling", ""),
    ],
  ],
  ["a node on which others make room", pending({ conditions: unscheduled, nominatedNodeName: "node-1" }), []],
])("%s is waited for", (_, found, events) => expect(reasonOf(found, events)).toBeUndefined());

test.each(["Running", "Succeeded", "Failed"])("a pod that is %s has started", (phase) =>
  expect(reasonOf(pod({ phase }), [event(1, "Warning", "FailedMount", "once")])).toBe(started),
);
