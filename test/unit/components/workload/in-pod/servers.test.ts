import {
  serversWaitFor,
  type ServerDescription,
  type ServerPod,
  type ServersCluster,
  type ServersRollout,
  type ServerSpec,
} from "../../../../../components/workload/in-pod/servers";

const images = { postgres: "postgresql:17.7", "bootstrap-controller": "operator:1.31.0" };
const wanted: ServersRollout = { cluster: "demo", instances: 2, server: { images } };
const healthy: ServersCluster = {
  status: { phase: "Cluster in healthy state", currentPrimary: "demo-1", targetPrimary: "demo-1" },
};

function pod(name: string, changes: { images?: object; ready?: boolean; deleted?: boolean } = {}): ServerPod {
  const of = { ...images, ...changes.images };
  return {
    metadata: { name, ...(changes.deleted ? { deletionTimestamp: "2026-11-29T17:00:00Z" } : {}) },
    spec: {
      containers: [{ name: "postgres", image: of.postgres }],
      initContainers: [
        { name: "bootstrap-controller", image: of["bootstrap-controller"] },
        { name: "somebody-else", image: "anything" },
      ],
    },
    status: { conditions: [{ type: "Ready", status: changes.ready === false ? "False" : "True" }] },
  };
}

test("a rollout is over when every server runs the images and is ready", () =>
  expect(serversWaitFor(healthy, [pod("demo-1"), pod("demo-2")], wanted)).toBeUndefined());

const old = { images: { postgres: "postgresql:17.6" } };
const says = "(the operator reports: Cluster in healthy state)";
test.each([
  // State before the operator has started, in which the cluster still reports to be healthy.
  [
    [pod("demo-1", old), pod("demo-2", old)],
    `outdated: demo-1 with postgres of postgresql:17.6, demo-2 with postgres of postgresql:17.6 ${says}`,
  ],
  [[pod("demo-1", old), pod("demo-2")], `outdated: demo-1 with postgres of postgresql:17.6 ${says}`],
  [
    [pod("demo-1", { images: { "bootstrap-controller": "operator:1.30.0" } }), pod("demo-2")],
    `outdated: demo-1 with bootstrap-controller of operator:1.30.0 ${says}`,
  ],
  [[pod("demo-1"), pod("demo-2", { ready: false })], `1 of 2 servers are ready, 2 are there ${says}`],
  [[pod("demo-1"), pod("demo-2", { deleted: true })], `1 of 2 servers are ready, 2 are there ${says}`],
  [[pod("demo-1")], `1 of 2 servers are ready, 1 are there ${says}`],
  [[pod("demo-1"), pod("demo-2"), pod("demo-3")], `3 of 2 servers are ready, 3 are there ${says}`],
])("otherwise it is said what is waited for (%#)", (pods, reason) =>
  expect(serversWaitFor(healthy, pods, wanted)).toEqual({ reason, outdated: reason.startsWith("outdated") }),
);

test("what the operator still does is in its own words", () => {
  const pods = [pod("demo-1"), pod("demo-2")];
  const status = { ...healthy.status, targetPrimary: "demo-2" };
  const reason = (given: ServersCluster, of = pods) => serversWaitFor(given, of, wanted)?.reason;
  expect(reason({ status })).toBe(`the operator is still working ${says}`);
  const switching = { ...healthy.status, phase: "Switchover in progress", phaseReason: "to demo-2" };
  expect(reason({ status: switching })).toBe(
    "the operator is still working (the operator reports: Switchover in progress: to demo-2)",
  );
  expect(reason({}, [])).toBe("0 of 2 servers are ready, 0 are there (the operator reports: nothing)");
});

describe("what else makes servers start again", () => {
  /** Specification of a pod with these changes. `resources` are those of the containers. */
  const specOf = ({ resources, ...more }: Partial<ServerSpec> & { resources?: object }): ServerSpec => {
    const { spec } = pod("demo-1");
    return { ...spec, containers: spec.containers.map((container) => ({ ...container, resources })), ...more };
  };
  type Given = Parameters<typeof specOf>[0];
  /**
   * Reason to wait if the operator created both servers from `given`. `server` is the description, and `admitted` the
   * specification after admission.
   */
  const waits = (given: Given, server: Partial<ServerDescription>, admitted: Given = given) => {
    const annotations = { "cnpg.io/podSpec": JSON.stringify(specOf(given)) };
    const pods = ["demo-1", "demo-2"].map((name) => {
      const { metadata, status } = pod(name);
      return { metadata: { ...metadata, annotations }, spec: specOf(admitted), status };
    });
    return serversWaitFor(healthy, pods, { ...wanted, server: { images, ...server } })?.reason;
  };
  const both = (what: string) => `outdated: demo-1 with ${what}, demo-2 with ${what} ${says}`;
  const resources = { requests: { cpu: "1000m", memory: "1024Mi" }, limits: { memory: "2Gi" } };
  const found = { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "2Gi" } };

  test("promises and limits, however Kubernetes writes them", () => {
    expect(waits({ resources: found }, { resources })).toBeUndefined();
    expect(waits({}, { resources })).toBe(
      both("no cpu in its requests and no memory in its requests and no memory in its limits"),
    );
    expect(waits({ resources: { ...found, requests: { cpu: "1", memory: "512Mi" } } }, { resources })).toBe(
      both("512Mi memory in its requests"),
    );
  });

  test("promises and limits that were taken out", () => {
    expect(waits({ resources: found }, { resources: { requests: resources.requests } })).toBe(
      both("2Gi memory in its limits"),
    );
    expect(waits({ resources: found }, {})).toBe(
      both("1 cpu in its requests and 1Gi memory in its requests and 2Gi memory in its limits"),
    );
    // The operator writes an empty object for no resources.
    expect(waits({ resources: {} }, {})).toBeUndefined();
  });

  const zone = { topologySpreadConstraints: [{ topologyKey: "zone" }] };
  const volumes = [{ name: "pgdata" }, { name: "pg-wal" }];

  test("a spread, which comes and goes with the second server, and a volume for the log", () => {
    const server = { topologyKeys: ["zone"], walVolume: true };
    expect(waits({}, server)).toBe(both("no spread over zone and no volume for the log"));
    expect(waits({ ...zone, volumes }, server)).toBeUndefined();
    expect(waits({ ...zone, volumes }, {})).toBe(both("a spread over zone and a volume for the log"));
  });

  test("a container that comes", () =>
    expect(waits({}, { images: { ...images, "plugin-barman-cloud": "sidecar:0.14.0" } })).toBe(
      both("no plugin-barman-cloud"),
    ));

  test("but not what admission makes of a pod", () => {
    const autopilot = { requests: { cpu: "2", memory: "2Gi", "ephemeral-storage": "1Gi" }, limits: { cpu: "2" } };
    const mirrored = specOf({ resources: autopilot }).containers.map((container) => ({
      ...container,
      image: "mirror.example.com/postgresql@sha256:1234",
    }));
    expect(waits({ resources: found }, { resources }, { containers: mirrored })).toBeUndefined();
    const old = [{ name: "postgres", image: "postgresql:17.6" }];
    expect(waits({ containers: old }, {}, { containers: mirrored })).toBe(both("postgres of postgresql:17.6"));
  });
});
