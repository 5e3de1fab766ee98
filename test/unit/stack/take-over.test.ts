/** Deployments and Services that run under the names of the stack's workloads: they are taken over, or refused. */
import * as pulumi from "@pulumi/pulumi";
import { namesOf } from "../../../components/workload/names";
import type { ConfiguredSystem } from "../../../stack/configured-system";
import { whatRuns } from "../../../stack/take-over";
import { readerOf, uid } from "../../support/cluster-reader";

const info = jest.spyOn(pulumi.log, "info").mockResolvedValue();
afterEach(() => jest.clearAllMocks());

/** Labels of the guide's manifest, with the version that can never change. */
const guide = { app: "omniops", version: "phase4-v0.2.0" };
const name = "omniops-phase4";
const key = `omniops:workloads.${name}`;
const fitting = {
  port: 3000,
  labels: { app: "omniops" },
  selector: guide,
  container: "omniops",
  service: { port: 80, portName: "" },
};
const made = { annotations: { "pulumi.com/patchForce": "true", "pulumi.com/deletionPropagationPolicy": "background" } };

interface Cluster {
  readonly metadata?: object;
  readonly selector?: object;
  readonly containers?: readonly string[];
  readonly service?: object;
  readonly others?: readonly object[];
}

/** Objects that run: by default as the guide's manifest has it, with a Service of the same name. */
function objects({ metadata = {}, selector = { matchLabels: guide }, containers = ["omniops"], ...more }: Cluster) {
  const ports = [{ port: 80, targetPort: 3000 }];
  const service = { metadata: { name }, spec: { selector: { app: "omniops" }, ports, ...more.service } };
  const template = { metadata: { labels: guide }, spec: { containers: containers.map((each) => ({ name: each })) } };
  const path = "/api/v1/namespaces/production/services";
  return {
    [`/apis/apps/v1/namespaces/production/deployments/${name}`]: {
      metadata: { name, ...metadata },
      spec: { selector, template },
    },
    [`${path}/${name}`]: service,
    [path]: { items: [service, ...(more.others ?? [])] },
  };
}

const systems = (workload: object) =>
  [
    {
      system: { name: "omniops" },
      settings: {
        namespace: { name: "production", create: false },
        workloads: { [name]: { ...fitting, ...workload } },
      },
    },
  ] as unknown as ConfiguredSystem[];

const runs = (workload: object, there: Cluster) =>
  whatRuns({ uid, read: readerOf(objects(there)) }, systems(workload), "");
const refused = (workload: object, there: Cluster = {}) =>
  runs(workload, there).then(
    () => undefined,
    (error: Error) => error.message,
  );
const title = "what runs cannot be taken over as configured; nothing was changed:\n  - ";

test("nothing that runs is nothing to take over", async () => {
  expect(await whatRuns({ uid, read: readerOf({}) }, systems({}), "")).toEqual([]);
  expect(info).not.toHaveBeenCalled();
});

test("what fits is taken over, which the preview says", async () => {
  const namespace = "production";
  expect(await runs({}, {})).toEqual([
    { kind: "Deployment", namespace, name },
    { kind: "Service", namespace, name },
  ]);
  expect(info.mock.calls.map(([message]) => message)).toEqual([
    "the Deployment production/omniops-phase4, which another tool made, is taken over: what the runbook and the configuration do not have is removed from it",
    "the Service production/omniops-phase4, which another tool made, is taken over: what the runbook and the configuration do not have is removed from it",
  ]);
});

test("what Runsheet made is its own, whatever its container", async () => {
  const there = objects({ metadata: made, containers: ["main"] });
  const service = "/api/v1/namespaces/production/services/omniops-phase4";
  const { spec } = there[service] as { spec: object };
  const read = readerOf({ ...there, [service]: { metadata: { name, ...made }, spec } });
  expect(await whatRuns({ uid, read }, systems({ service: {} }), "")).toEqual([]);
  expect(info).not.toHaveBeenCalled();
});

test("what a killed up has begun to take over is taken over to its end", async () => {
  const managedFields = [{ manager: "kube-controller-manager" }, { manager: "runsheet-take-over" }];
  const there = { metadata: { ...made, managedFields }, containers: ["main"] };
  const taken = [
    { kind: "Deployment", namespace: "production", name },
    { kind: "Service", namespace: "production", name },
  ];
  expect(await runs({}, there)).toEqual(taken);
});

test.each([
  [
    "another selector",
    { selector: undefined },
    {},
    `the Deployment production/${name} selects its pods by {"app":"omniops","version":"phase4-v0.2.0"}, and ${key}.selector is {"app.kubernetes.io/name":"omniops-phase4"}; Kubernetes does not let it change: set ${key}.selector to {"app":"omniops","version":"phase4-v0.2.0"}, or ${key}.deployment to another name`,
  ],
  [
    "expressions in the selector",
    {},
    { selector: { matchExpressions: [{}] } },
    `the Deployment production/${name} selects its pods by expressions, which Runsheet has none of: set ${key}.deployment to another name`,
  ],
  [
    "another container",
    { container: "main" },
    {},
    `the Deployment production/${name} has the container omniops, and ${key}.container is main: set it to omniops`,
  ],
  [
    "more than one container",
    {},
    { containers: ["omniops", "proxy"] },
    `the Deployment production/${name} has the containers omniops, proxy, and Runsheet's pods have one: take the others out first, or set ${key}.deployment to another name`,
  ],
  [
    "another port of the Service",
    { service: { portName: "" } },
    {},
    `the Service production/${name} has the port 80, and ${key}.service.port is 3000: set ${key}.service.port to 80, or set ${key}.service.name to another name; this one stays as it is, and reaches the same pods`,
  ],
  [
    "another name of the Service's port",
    {},
    { service: { ports: [{ name: "web", port: 80, targetPort: 3000 }] } },
    `the Service production/${name} has the port's name "web", and ${key}.service.portName is "": set ${key}.service.portName to "web", or set ${key}.service.name to another name; this one stays as it is, and reaches the same pods`,
  ],
  [
    "no name of the Service's port",
    { service: { port: 80 } },
    {},
    `the Service production/${name} has the port's name "", and ${key}.service.portName is "http": set ${key}.service.portName to "", or set ${key}.service.name to another name; this one stays as it is, and reaches the same pods`,
  ],
  [
    "more than one port of the Service",
    {},
    { service: { ports: [80, 443].map((port) => ({ port, targetPort: 3000 })) } },
    `the Service production/${name} has the ports 80, 443, and Runsheet's has one: set ${key}.service.name to another name; this one stays as it is, and reaches the same pods`,
  ],
  [
    "a load balancer",
    {},
    { service: { type: "LoadBalancer" } },
    `the Service production/${name} is of the type LoadBalancer, and Runsheet's is a ClusterIP: set ${key}.service.name to another name; this one stays as it is, and reaches the same pods`,
  ],
  [
    "a headless Service",
    {},
    { service: { clusterIP: "None" } },
    `the Service production/${name} is headless, and Runsheet's is a ClusterIP: set ${key}.service.name to another name; this one stays as it is, and reaches the same pods`,
  ],
  [
    "another port of the process",
    { port: 8080 },
    {},
    `the Service production/${name} sends requests to the port 3000 of the pods, and ${key}.port is 8080: set it to 3000`,
  ],
  [
    "a port by name",
    {},
    { service: { ports: [{ port: 80, targetPort: "web" }] } },
    `the Service production/${name} sends requests to the port "web" of the pods, which the new pods do not have: set its targetPort to 3000 first`,
  ],
])("%s is refused with both, the key and the value", async (_, workload, there, message) =>
  expect(await refused(workload, there)).toBe(title + message),
);

test("a selector of Runsheet's own Deployment does not change, either", async () =>
  expect(await refused({ selector: { app: "other" } }, { metadata: made })).toContain(
    `set ${key}.selector to {"app":"omniops","version":"phase4-v0.2.0"}`,
  ));

test("another Service that would lose its pods is refused with their label", async () => {
  const of = (selector: object) => ({
    metadata: { name: "public" },
    spec: { selector, ports: [{ port: 80, targetPort: 3000 }] },
  });
  const tier = { ...guide, tier: "web" };
  const there = objects({ others: [of({ tier: "web" }), of({ app: "another" }), of({})] });
  const path = `/apis/apps/v1/namespaces/production/deployments/${name}`;
  const deployment = there[path] as { spec: { template: object } };
  deployment.spec.template = { metadata: { labels: tier }, spec: { containers: [{ name: "omniops" }] } };
  const refused = whatRuns({ uid, read: readerOf(there) }, systems({}), "");
  await expect(refused).rejects.toThrow(
    `${title}the Service production/public sends requests to pods with {"tier":"web"}, and the new pods lack {"tier":"web"}: add that to ${key}.labels`,
  );
  const labels = { app: "omniops", tier: "web" };
  expect(await whatRuns({ uid, read: readerOf(there) }, systems({ labels }), "")).toHaveLength(2);
});

describe("a new Deployment in a namespace of others", () => {
  const deployment = "runsheet-omniops";
  const selector = { app: "omniops" };
  const service = (metadata: object, selected: object) => ({
    metadata: { name: "public", ...metadata },
    spec: { selector: selected, ports: [{ port: 80 }] },
  });
  const beside = (metadata: object, selected: object, create = false) => {
    const [one] = systems({ deployment, selector: undefined, labels: selector });
    const settings = { ...one!.settings, namespace: { name: "production", create } };
    const read = readerOf({ "/api/v1/namespaces/production/services": { items: [service(metadata, selected)] } });
    return whatRuns({ uid, read }, [{ ...one!, settings }], "");
  };

  test("must not get users from a Service of another tool before it is verified", () =>
    expect(beside({}, selector)).rejects.toThrow(
      `${title}the Service production/public sends requests to pods with {"app":"omniops"}, and so to the new pods before they are verified: set ${key}.deployment to the Deployment that runs, to take it over, or change ${key}.labels`,
    ));

  test.each([
    ["a Service of other pods", {}, { app: "other" }, false],
    ["a Service without a selector", {}, {}, false],
    ["a Service of Runsheet's", made, selector, false],
    ["its own Service", { name: deployment }, selector, false],
    ["a namespace of its own", {}, selector, true],
  ])("is made beside %s", async (_, metadata, selected, create) =>
    expect(await beside(metadata, selected, create)).toEqual([]),
  );
});

test("a workload has its own name, a container main and its process' port", () =>
  expect(namesOf("pm-backend", 3000, {})).toEqual({
    deployment: "pm-backend",
    container: "main",
    selector: { "app.kubernetes.io/name": "pm-backend" },
    service: { name: "pm-backend", port: 3000, portName: "http" },
  }));

test("a Deployment of another name gives it to its selector and its Service", () =>
  expect(namesOf("pm-backend", 3000, { deployment: "backend", container: "backend", service: { port: 80 } })).toEqual({
    deployment: "backend",
    container: "backend",
    selector: { "app.kubernetes.io/name": "backend" },
    service: { name: "backend", port: 80, portName: "http" },
  }));
