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

const redis = { REDIS_ADDR: { secret: "demo-redis", key: "url" } };

async function targets(
  { isolated = false, ...changes }: Partial<MonitoredSystem> & { readonly isolated?: boolean } = {},
  more: Partial<TargetsArgs> = {},
): Promise<Registered[]> {
  const resources = collectResources();
  const isolation = isolated ? new pulumi.ComponentResource("test:index:Isolation", "isolation") : undefined;
  new SystemTargets({ ...system, isolation, ...changes }, { ...args, ...more });
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
        sampleLimit: 50_000,
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
        // Prometheus finds the port that the pods declare, and asks the other one.
        port: "http",
        relabelings: [
          {
            action: "replace",
            sourceLabels: ["__address__"],
            regex: "(.+):\\d+",
            targetLabel: "__address__",
            replacement: "$1:9090",
          },
          ...relabelings,
        ],
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
  const resources = await targets({ database: { url: { secret: "demo-owner", key: "uri" }, environment: {} }, redis });
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
      variable: { name: "DATA_SOURCE_NAME", valueFrom: { secretKeyRef: { name: "demo-owner", key: "uri" } } },
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

const policiesOf = (resources: readonly Registered[]) =>
  resources.filter(({ type }) => type.endsWith(":NetworkPolicy")).map(({ inputs }) => inputs);
const policy = (name: string, matchLabels: object, port: string | number) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: `${name}-scrapes`, namespace: "demo-ns" },
  spec: {
    podSelector: { matchLabels },
    policyTypes: ["Ingress"],
    ingress: [
      {
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
        ports: [{ port, protocol: "TCP" }],
      },
    ],
  },
});
const servers = { "cnpg.io/cluster": "demo-postgresql", "cnpg.io/podRole": "instance" };

test("an exporter of a database that exists has a Secret for each URL", async () => {
  const url = pulumi.output("postgresql://app:secret@db.example/demo?sslmode=require");
  const resources = await targets({ database: { url, environment: {} } });
  const secret = resources.find(({ type }) => type.endsWith(":Secret"))!;
  // Without a name: Pulumi gives it one for each content.
  expect(secret.inputs).toMatchObject({
    metadata: { namespace: "demo-ns" },
    immutable: true,
    stringData: { value: { DATA_SOURCE_NAME: "postgresql://app:secret@db.example/demo?sslmode=require" } },
  });
  expect(secret.inputs.metadata).not.toHaveProperty("name");
});

test("Prometheus gets into an isolated namespace, to the ports of the metrics alone", async () => {
  expect(policiesOf(await targets())).toEqual([]);
  expect(policiesOf(await targets({ isolated: true }))).toEqual([
    policy("demo-api", { app: "demo" }, "http"),
    policy("demo-postgresql-servers", servers, "metrics"),
  ]);
  const workloads = [{ name: "demo-api", selector: { app: "demo" }, path: "/metrics", port: 9090 }];
  expect(policiesOf(await targets({ isolated: true, workloads }))[0]).toEqual(
    policy("demo-api", { app: "demo" }, 9090),
  );
});

test("an exporter is reached by Prometheus alone, wherever it is", async () =>
  expect(policiesOf(await targets({ redis }))).toEqual([
    policy("demo-redis-exporter", { "app.kubernetes.io/name": "demo-redis-exporter" }, "metrics"),
  ]));

test("a maintenance mode in Redis is told by a script of redis_exporter", async () => {
  const containerOf = (resources: readonly Registered[]) => {
    const { inputs } = resources.find(({ type }) => type.endsWith(":Deployment"))!;
    return (inputs.spec as { template: { spec: { containers: { args?: string[] }[] } } }).template.spec.containers[0]!;
  };
  const filesOf = (resources: readonly Registered[]) =>
    resources.filter(({ type }) => type.endsWith(":ConfigMap")).map(({ inputs }) => inputs.data);
  const without = await targets({ redis });
  expect(containerOf(without)).not.toHaveProperty("args");
  expect(filesOf(without)).toEqual([]);
  const resources = await targets({ redis, maintenanceKeys: ["maintenance_mode"] });
  expect(containerOf(resources).args).toEqual(["--script=/runsheet/maintenance.lua"]);
  expect(filesOf(resources)).toEqual([
    {
      "maintenance.lua":
        'return {"maintenance:maintenance_mode", tostring(redis.call("EXISTS", "maintenance_mode"))}\n',
    },
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
  expect(policiesOf(resources)).toEqual([]);
  apply!("inside");
  await settled();
  expect(policiesOf(resources)).toHaveLength(2);
});
