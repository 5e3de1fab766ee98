import { setTimeout } from "node:timers/promises";
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { MonitoredSystem } from "../../../../components/monitoring/monitored";
import { SystemTargets, type TargetsArgs } from "../../../../components/monitoring/targets";
import { collectResources, settled, type Registered } from "../../../support/mocks";

const system: MonitoredSystem = {
  name: "demo",
  namespace: "demo-ns",
  workloads: [{ name: "demo-api", selector: { app: "demo" }, path: "/metrics" }],
  database: { cluster: "demo-postgresql" },
  redis: undefined,
  addresses: [],
};
const args: TargetsArgs = {
  selected: { release: "kube-prometheus-stack" },
  prometheusNamespace: "monitoring",
  images: { postgresExporter: "example/postgres-exporter:1", redisExporter: "example/redis-exporter:1" },
};

async function targets(changes: Partial<MonitoredSystem> = {}, more: Partial<TargetsArgs> = {}): Promise<Registered[]> {
  const resources = collectResources();
  new SystemTargets({ ...system, ...changes }, { ...args, ...more });
  await settled();
  return resources.filter(({ type }) => type.startsWith("kubernetes:"));
}

const specOf = (resources: readonly Registered[], name: string) =>
  resources.find((resource) => resource.name === name)?.inputs.spec;

const relabelings = [
  { action: "replace", targetLabel: "system", replacement: "demo" },
  {
    action: "replace",
    sourceLabels: ["__meta_kubernetes_pod_label_app_kubernetes_io_version"],
    targetLabel: "release",
  },
];

test("a workload's pods are scraped at their own port, with the system and the release", async () => {
  const [monitor] = (await targets()).filter(({ name }) => name === "demo-api-target");
  expect(monitor).toEqual({
    type: "kubernetes:monitoring.coreos.com/v1:PodMonitor",
    name: "demo-api-target",
    inputs: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PodMonitor",
      metadata: { name: "demo-api", namespace: "demo-ns", labels: { release: "kube-prometheus-stack" } },
      spec: {
        selector: { matchLabels: { app: "demo" } },
        jobLabel: "app.kubernetes.io/name",
        podMetricsEndpoints: [{ port: "http", path: "/metrics", relabelings }],
      },
    },
  });
});

test("another port, path, interval and a token are those of the workload", async () => {
  const authorization = { secret: pulumi.output("demo-secrets"), key: "ADMIN_KEY" };
  const own = { path: "/prometheus", port: 9090, interval: "60s", authorization };
  const workloads = [{ name: "demo-api", selector: { app: "demo" }, ...own }];
  expect(specOf(await targets({ workloads }, { scrapeInterval: "15s" }), "demo-api-target")).toMatchObject({
    podMetricsEndpoints: [
      {
        portNumber: 9090,
        path: "/prometheus",
        interval: "60s",
        authorization: { type: "Bearer", credentials: { name: "demo-secrets", key: "ADMIN_KEY" } },
      },
    ],
  });
});

test("the stack's interval is that of every target without its own", async () => {
  const resources = await targets({}, { scrapeInterval: "15s" });
  const intervals = resources.map(
    ({ inputs }) => (inputs.spec as { podMetricsEndpoints: { interval: string }[] }).podMetricsEndpoints[0]!.interval,
  );
  expect(intervals).toEqual(["15s", "15s"]);
});

test("CloudNativePG's servers and pooler are scraped, those of the live database alone", async () => {
  const resources = await targets({ database: { cluster: "demo-postgresql-2", pooler: "demo-postgresql-2-pooler" } });
  expect(specOf(resources, "demo-postgresql-2-servers-target")).toEqual({
    selector: { matchLabels: { "cnpg.io/cluster": "demo-postgresql-2", "cnpg.io/podRole": "instance" } },
    jobLabel: "cnpg.io/cluster",
    podMetricsEndpoints: [{ port: "metrics", relabelings }],
  });
  expect(specOf(resources, "demo-postgresql-2-pooler-target")).toMatchObject({
    selector: { matchLabels: { "cnpg.io/poolerName": "demo-postgresql-2-pooler" } },
  });
  expect(resources.filter(({ type }) => type.endsWith(":Deployment"))).toEqual([]);
});

test("a database elsewhere and Redis have exporters in the system's namespace", async () => {
  const environment = { DATA_SOURCE_NAME: { secret: "demo-direct", key: "uri" } };
  const redis = { REDIS_ADDR: { secret: "demo-redis", key: "url" } };
  const resources = await targets({ database: { environment }, redis });
  const exporters = resources.filter(({ type }) => type.endsWith(":Deployment"));
  const containers = exporters.map(({ name, inputs }) => {
    const { metadata, spec } = inputs as {
      metadata: { namespace: string };
      spec: { template: { spec: { containers: { image: string; env: object[]; ports: object[] }[] } } };
    };
    const [{ image, env, ports }] = spec.template.spec.containers as [(typeof spec.template.spec.containers)[number]];
    return { name, namespace: metadata.namespace, image, variable: env[0], ports };
  });
  expect(containers).toEqual([
    {
      name: "demo-postgres-exporter",
      namespace: "demo-ns",
      image: "example/postgres-exporter:1",
      variable: { name: "DATA_SOURCE_NAME", valueFrom: { secretKeyRef: { name: "demo-direct", key: "uri" } } },
      ports: [{ name: "metrics", containerPort: 9187 }],
    },
    {
      name: "demo-redis-exporter",
      namespace: "demo-ns",
      image: "example/redis-exporter:1",
      variable: { name: "HOME", value: "/tmp" },
      ports: [{ name: "metrics", containerPort: 9121 }],
    },
  ]);
  expect(specOf(resources, "demo-redis-exporter-target")).toMatchObject({
    selector: { matchLabels: { "app.kubernetes.io/name": "demo-redis-exporter" } },
    podMetricsEndpoints: [{ port: "metrics" }],
  });
});

const policiesIn = (resources: readonly Registered[]) =>
  resources.filter(({ type }) => type.endsWith(":NetworkPolicy")).map(({ inputs }) => inputs);

test("Prometheus gets into an isolated namespace, to the ports of the metrics alone", async () => {
  expect(policiesIn(await targets())).toEqual([]);
  const resources = collectResources();
  new SystemTargets({ ...system, isolation: new pulumi.ComponentResource("test:index:Isolation", "isolation") }, args);
  await settled();
  const from = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }];
  const policy = (name: string, matchLabels: object, port: string) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace: "demo-ns" },
    spec: {
      podSelector: { matchLabels },
      policyTypes: ["Ingress"],
      ingress: [{ from, ports: [{ port, protocol: "TCP" }] }],
    },
  });
  const servers = { "cnpg.io/cluster": "demo-postgresql", "cnpg.io/podRole": "instance" };
  expect(policiesIn(resources)).toEqual([
    policy("demo-api-scrapes", { app: "demo" }, "http"),
    policy("demo-postgresql-servers-scrapes", servers, "metrics"),
  ]);
});

test("a policy for scrapes comes after those that let the operator in", async () => {
  const resources = collectResources();
  let apply: (name: string) => void;
  const data = { name: new Promise<string>((resolve) => (apply = resolve)) };
  const isolation = new ConfigMap("policies", { data });
  new SystemTargets({ ...system, isolation }, args);
  await setTimeout(50);
  expect(resources.map(({ name }) => name)).toContain("demo-api-target");
  expect(policiesIn(resources)).toEqual([]);
  apply!("inside");
  await settled();
  expect(policiesIn(resources)).toHaveLength(2);
});
