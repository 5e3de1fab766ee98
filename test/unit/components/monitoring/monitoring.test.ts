import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Monitoring, type MonitoringArgs } from "../../../../components/monitoring";
import { monitoringSettings } from "../../../../components/monitoring/settings";
import { collectResources, settled, type Registered } from "../../../support/mocks";
import { writeOperatorManifest } from "../../../support/operator-manifest";
import { collectDependencies, collectProtection } from "../../../support/protection";

const system = {
  name: "demo",
  namespace: "demo",
  workloads: [{ name: "demo-api", selector: { app: "demo" }, path: "/metrics" }],
  database: { cluster: "demo-postgresql" },
  redis: undefined,
  addresses: [],
};

let manifestCache: string;
beforeAll(() => {
  manifestCache = mkdtempSync(join(tmpdir(), "runsheet-monitoring-"));
  writeOperatorManifest(manifestCache);
});
afterAll(() => rmSync(manifestCache, { recursive: true }));
afterEach(() => void jest.restoreAllMocks());

async function monitoring(settings: object, more: Partial<MonitoringArgs> = {}): Promise<Registered[]> {
  const resources = collectResources();
  await Monitoring.create({
    settings: monitoringSettings.parse(settings),
    stack: "staging",
    systems: [{ ...system, isolation: new pulumi.ComponentResource("test:index:Isolation", "isolation") }],
    namespaces: [{ system: "demo", namespace: "demo" }],
    contents: { rules: [], routes: [], dashboards: [], logAlerts: [] },
    manifestCache,
    protect: false,
    ...more,
  });
  await settled();
  return resources.filter(({ type }) => type.startsWith("kubernetes:"));
}

const kindOf = ({ type }: Registered) => type.split(":").at(-1)!;
const named = (resources: readonly Registered[]) => resources.map((each) => `${kindOf(each)} ${each.name}`).sort();
const inputsOf = (resources: readonly Registered[], kind: string, name: string) =>
  resources.find((each) => kindOf(each) === kind && each.name === name)!.inputs;

test("an existing operator gets targets with the labels that it wants, and no more", async () => {
  const resources = await monitoring({ engine: "existing", labels: { release: "prometheus" } });
  expect(named(resources)).toEqual([
    "Namespace monitoring",
    "NetworkPolicy demo-api-scrapes",
    "NetworkPolicy demo-postgresql-servers-scrapes",
    "PodMonitor demo-api-target",
    "PodMonitor demo-postgresql-servers-target",
  ]);
  const { metadata } = inputsOf(resources, "PodMonitor", "demo-api-target") as { metadata: object };
  expect(metadata).toEqual({ name: "demo-api", namespace: "demo", labels: { release: "prometheus" } });
  expect(inputsOf(resources, "NetworkPolicy", "demo-api-scrapes")).toMatchObject({
    spec: {
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }] }],
    },
  });
});

test("logs go to a store that exists, with its token in a Secret", async () => {
  const logs = { store: "otlp", endpoint: "http://loki.logs:3100/otlp", headers: { "X-Scope-OrgID": "team" } };
  const resources = await monitoring({ engine: "existing", logs }, { logsAuthorization: "Bearer token" });
  expect(inputsOf(resources, "Namespace", "monitoring-nodes")).toMatchObject({
    metadata: {
      name: "runsheet-monitoring-nodes",
      labels: { "pod-security.kubernetes.io/enforce": "privileged" },
    },
  });
  const { data } = inputsOf(resources, "ConfigMap", "log-collector") as { data: Record<string, string> };
  expect(data["collector.yaml"]).toContain("endpoint: http://loki.logs:3100/otlp");
  expect(data["collector.yaml"]).not.toContain("Bearer token");
  expect(inputsOf(resources, "Secret", "log-collector")).toMatchObject({
    // A secret, as the mocks show it.
    stringData: { value: { LOGS_AUTHORIZATION: "Bearer token" } },
  });
  expect(resources.filter((each) => kindOf(each) === "StatefulSet")).toEqual([]);
});

test("the operator runs the stack's images in the stack's namespace", async () => {
  const images = { operator: "example/operator:v0.85.0", configReloader: "example/reloader:v0.85.0" };
  const resources = await monitoring({ engine: "prometheus-operator", namespace: "watch", images });
  const { metadata, spec } = inputsOf(resources, "Deployment", "watch/prometheus-operator") as {
    metadata: object;
    spec: { template: { spec: { containers: object[] } } };
  };
  expect(metadata).toEqual({ name: "prometheus-operator", namespace: "watch" });
  expect(spec.template.spec.containers).toMatchObject([
    {
      name: "prometheus-operator",
      image: "example/operator:v0.85.0",
      args: ["--kubelet-service=kube-system/kubelet", "--prometheus-config-reloader=example/reloader:v0.85.0"],
    },
  ]);
  expect(inputsOf(resources, "ClusterRoleBinding", "prometheus-operator")).toMatchObject({
    subjects: [{ kind: "ServiceAccount", name: "prometheus-operator", namespace: "watch" }],
  });
  expect(inputsOf(resources, "Release", "monitoring-kinds")).toMatchObject({
    name: "monitoring-kinds",
    namespace: "watch",
  });
});

test("everything of the operator waits for its namespace, and is deleted before it", async () => {
  const dependencies = collectDependencies();
  await monitoring({ engine: "prometheus-operator" });
  const within = ["monitoring-kinds", "runsheet-monitoring/prometheus-operator"];
  expect(within.map((name) => dependencies.get(name))).toEqual([
    ["monitoring"],
    expect.arrayContaining(["monitoring-kinds"]),
  ]);
  expect(dependencies.get("prometheus-operator")).toEqual(["monitoring"]);
});

test("Prometheus selects what has the stack's label, in every namespace", async () => {
  const resources = await monitoring({
    engine: "prometheus-operator",
    scrapeInterval: "15s",
    prometheus: {
      replicas: 2,
      retentionDays: 7,
      storage: "10Gi",
      storageClass: "fast-ssd",
      url: "https://prometheus.example.com",
    },
  });
  const selector = { matchLabels: { "runsheet/monitoring": "runsheet-monitoring" } };
  expect(inputsOf(resources, "Prometheus", "prometheus").spec).toEqual({
    image: "quay.io/prometheus/prometheus:v2.53.3",
    version: "v2.53.3",
    replicas: 2,
    externalUrl: "https://prometheus.example.com",
    resources: {
      requests: { cpu: "100m", memory: "512Mi", "ephemeral-storage": "64Mi" },
      limits: { memory: "2Gi", "ephemeral-storage": "2304Mi" },
    },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    storage: {
      volumeClaimTemplate: {
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: "fast-ssd",
          resources: { requests: { storage: "10Gi" } },
        },
      },
    },
    serviceAccountName: "prometheus",
    retention: "7d",
    retentionSize: "8192MiB",
    scrapeInterval: "15s",
    evaluationInterval: "15s",
    externalLabels: { stack: "staging" },
    podMonitorSelector: selector,
    podMonitorNamespaceSelector: {},
    serviceMonitorSelector: selector,
    serviceMonitorNamespaceSelector: {},
    probeSelector: selector,
    probeNamespaceSelector: {},
    ruleSelector: selector,
    ruleNamespaceSelector: {},
    alerting: {
      alertmanagers: [{ namespace: "runsheet-monitoring", name: "alertmanager-operated", port: "web" }],
    },
  });
  expect(inputsOf(resources, "PodMonitor", "demo-api-target")).toMatchObject({
    metadata: { labels: selector.matchLabels },
  });
});

test("audits have a store of their own, which keeps them for longer", async () => {
  const victorialogs = { retentionDays: 14, auditRetentionDays: 400, storage: "10Gi" };
  const resources = await monitoring({ engine: "prometheus-operator", logs: { victorialogs } });
  const argsOf = (name: string) => {
    const { spec } = inputsOf(resources, "StatefulSet", name) as {
      spec: { template: { spec: { containers: { args: string[] }[] } } };
    };
    return spec.template.spec.containers[0]!.args;
  };
  const disk = "-retention.maxDiskSpaceUsageBytes=8192MiB";
  const all = ["-storageDataPath=/data", "-httpListenAddr=:9428"];
  expect(argsOf("victorialogs")).toEqual([...all, "-retentionPeriod=14d", disk]);
  expect(argsOf("victorialogs-audit")).toEqual([...all, "-retentionPeriod=400d", disk]);
  const { data } = inputsOf(resources, "ConfigMap", "log-collector") as { data: Record<string, string> };
  expect(data["collector.yaml"]).toContain(
    "http://victorialogs-audit.runsheet-monitoring.svc:9428/insert/opentelemetry",
  );
});

test("without a store no logs are collected", async () => {
  const resources = await monitoring({ engine: "prometheus-operator", logs: { store: "none" } });
  expect(named(resources).filter((each) => /log/i.test(each))).toEqual([]);
});

test("the namespace with the volumes is protected, and so are the kinds", async () => {
  const protection = collectProtection();
  await monitoring({ engine: "prometheus-operator" }, { protect: true });
  const names = [...protection].filter(([, { protect }]) => protect).map(([name]) => name);
  expect(names.sort()).toEqual(["monitoring", "monitoring-kinds"]);
});
