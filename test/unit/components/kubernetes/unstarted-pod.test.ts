/** Reasons for which a Job's pod does not start, as the API server has them. */
import { lasts, reasonOf, started, type Event, type Pod } from "../../../../components/kubernetes/unstarted-pod";

const event = (second: number, type: string, reason: string, message: string): Event => ({
  metadata: {},
  type,
  reason,
  message,
  lastTimestamp: `2026-12-02T00:00:${String(second).padStart(2, "0")}Z`,
});
const pod = (status: Pod["status"]): Pod => ({ metadata: { uid: "u", name: "p" }, status });
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

const former = (metadata: object): Pod[] => [{ metadata: { uid: "f", name: "f-1", ...metadata } }];

test("the pod after a drained one is kept by the drained one while that is deleted", () => {
  expect(reasonOf(undefined, [], former({ deletionTimestamp: "2026-12-02T00:00:00Z" }))).toBe(
    "its pod f-1 is being deleted, and the next is made when that is gone",
  );
  expect(reasonOf(undefined, [], former({}))).toBeUndefined();
});

const pull =
  'Failed to pull image "registry.example/x:1": rpc error: code = Unknown desc = failed to pull and unpack image: ';

test.each([
  quota,
  'FailedCreate: Error creating: pods "x-" is forbidden: error looking up service account mued/x: serviceaccount "x" not found',
  'FailedCreate: Error creating: Pod "x-1" is invalid: spec.containers[0].image: Required value',
  'FailedCreate: Error creating: admission webhook "sign.example" denied the request: not signed',
  `FailedMount: MountVolume.SetUp failed for volume "v" : ${secret}`,
  'FailedMount: MountVolume.SetUp failed for volume "v" : references non-existent secret key: ca.crt',
  `CreateContainerConfigError: couldn't find key token in Secret mued/mued-secrets`,
  "Error: container has runAsNonRoot and image will run as root",
  'FailedScheduling: 0/1 nodes are available: persistentvolumeclaim "models" not found.',
  "InvalidImageName: the node says no more",
  `${pull}registry.example/x:1: not found`,
  `${pull}reading manifest 1 in registry.example/x: manifest unknown`,
  `${pull}pull access denied, repository does not exist or may require authorization`,
  `${pull}failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized`,
])("it lasts until somebody mends it: %s", (reason) => expect(lasts(reason)).toBe(true));

test.each([
  'FailedAttachVolume: Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) prism-models-1',
  "FailedMount: Unable to attach or mount volumes: unmounted volumes=[models]: timed out waiting for the condition",
  'FailedMount: MountVolume.MountDevice failed for volume "pvc-1" : driver name ebs.csi.aws.com not found in the list of registered CSI drivers',
  'FailedMount: MountVolume.SetUp failed for volume "v" : failed to sync secret cache: timed out waiting for the condition',
  "FailedScheduling: 0/3 nodes are available: 3 Insufficient cpu.",
  "FailedScheduling: 0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
  "no node takes it: pod has unbound immediate PersistentVolumeClaims",
  "FailedCreatePodSandBox: plugin type=calico failed: no IP addresses",
  'FailedCreate: Internal error occurred: failed calling webhook "x.y": service "x" not found',
  `${pull}429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit`,
  `${pull}failed to do request: dial tcp 10.0.0.1:443: i/o timeout`,
  "no pod was made, and no event says why",
])("it may pass: %s", (reason) => expect(lasts(reason)).toBe(false));

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
])("%s is waited for", (_, found, events) =>
  expect(reasonOf(found, events, [], Date.parse("2026-12-02T00:10:00Z"))).toBeUndefined(),
);

test("a node that the autoscaler has not made within ten minutes is waited for no more", () => {
  const events = [
    event(1, "Normal", "TriggeredScaleUp", "pod triggered scale-up"),
    event(2, "Warning", "F", "no node"),
  ];
  const after = (time: string) =>
    reasonOf(pending({ conditions: unscheduled }), events, [], Date.parse(`2026-12-02T${time}Z`));
  expect([after("00:10:00"), after("00:10:01")]).toEqual([undefined, "F: no node"]);
});

test.each(["Running", "Succeeded", "Failed"])("a pod that is %s has started", (phase) =>
  expect(reasonOf(pod({ phase }), [event(1, "Warning", "FailedMount", "once")])).toBe(started),
);
