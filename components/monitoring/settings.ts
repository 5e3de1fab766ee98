/** The key `runsheet:monitoring`. Without it nothing is monitored. */
import { z } from "zod";
import { defaultImages } from "../kubernetes/default-images";
import { imageForm, imagePattern } from "../kubernetes/image-tag";
import { alertSettings } from "./alert-settings";
import { logsOfExisting, logsOfOperator } from "./log-settings";
import { cpus, days, duration, label, namespaceName, quantity, storageClass } from "./setting-values";

const image = (reference: string, what: string) =>
  z.string().regex(imagePattern, imageForm).default(reference).describe(what).meta({ title: "image" });

const exporterImages = {
  postgresExporter: image(defaultImages.postgresExporter, "postgres_exporter."),
  redisExporter: image(defaultImages.redisExporter, "redis_exporter."),
  blackboxExporter: image(defaultImages.blackboxExporter, "blackbox_exporter."),
  collector: image(
    defaultImages.collector,
    "The OpenTelemetry Collector 0.165 or later, with the components `file_log`, `k8s_attributes`, `file_storage` and `otlp_http`.",
  ),
};

const operatorImages = {
  operator: image(
    defaultImages.operator,
    "The Prometheus operator. A version in the tag must be the one that Runsheet installs.",
  ),
  configReloader: image(defaultImages.configReloader, "The operator's config reloader, of the operator's version."),
  prometheus: image(defaultImages.prometheus, "Prometheus. The tag says the version."),
  alertmanager: image(defaultImages.alertmanager, "Alertmanager. The tag says the version."),
  kubeStateMetrics: image(defaultImages.kubeStateMetrics, "kube-state-metrics."),
  nodeExporter: image(defaultImages.nodeExporter, "node_exporter."),
  victoriaLogs: image(defaultImages.victoriaLogs, "VictoriaLogs."),
  vmalert: image(defaultImages.vmalert, "vmalert, for the alerts on what VictoriaLogs has."),
};

const resources = (cpu: string, memory: string, memoryLimit: string) =>
  z
    .strictObject({
      cpu: cpus.default(cpu).describe("CPU request of each pod."),
      memory: quantity.default(memory).describe("Memory request of each pod."),
      memoryLimit: quantity.default(memoryLimit).describe("Memory limit of each pod."),
    })
    .prefault({})
    .describe("Resources of each pod.");

const url = (of: string) =>
  z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      description: `URL at which people reach ${of}, for the links in messages. Default: the pod's, which they do not reach.`,
      examples: [`https://${of.toLowerCase()}.example.com`],
    });

const scrapeInterval = duration.default("30s").describe("Time between two scrapes of a target.");

const dashboards = z
  .strictObject({
    labels: z
      .record(label, z.string())
      .default({ grafana_dashboard: "1" })
      .describe("Labels of the ConfigMaps, by which Grafana's sidecar finds them."),
  })
  .prefault({})
  .describe("The dashboards, each in a ConfigMap.");

const ownNamespace = namespaceName
  .default("runsheet-monitoring")
  .describe(
    "Namespace that is made for it. What reads files of the nodes gets another, with `-nodes` after the name, which " +
      "admits privileged pods.",
  );

const operator = z.strictObject({
  engine: z
    .literal("prometheus-operator")
    .describe("The stack installs the Prometheus operator, Prometheus, Alertmanager, exporters and a store of logs."),
  namespace: ownNamespace,
  images: z
    .strictObject({ ...operatorImages, ...exporterImages })
    .prefault({})
    .meta({
      description: "Images, for registries of your own.",
      examples: [{ prometheus: "registry.example/prometheus:v2.53.3" }],
    }),
  scrapeInterval,
  prometheus: z
    .strictObject({
      replicas: z.int().min(1).max(3).default(1).describe("Number of servers. Each scrapes all targets."),
      retentionDays: days.default(15).describe("Number of days for which metrics are kept."),
      storage: quantity
        .default("20Gi")
        .describe(
          "Size of each server's volume. Metrics are deleted earlier if it fills. A volume that is there keeps its size: " +
            "enlarge its claim first, since metrics are kept by this size.",
        ),
      storageClass,
      resources: resources("100m", "512Mi", "2Gi"),
      url: url("Prometheus"),
    })
    .prefault({})
    .describe("Prometheus."),
  alertmanager: z
    .strictObject({
      replicas: z.int().min(1).max(5).default(1).describe("Number of servers, which agree on what was sent."),
      storage: quantity.default("1Gi").describe("Size of each server's volume."),
      storageClass,
      resources: resources("10m", "64Mi", "256Mi"),
      url: url("Alertmanager"),
    })
    .prefault({})
    .describe("Alertmanager."),
  ...alertSettings,
  logs: logsOfOperator,
  dashboards,
});

const existing = z.strictObject({
  engine: z
    .literal("existing")
    .describe(
      "The cluster has the Prometheus operator. The stack gives it targets, rules, routes and dashboards, and runs the " +
        "exporters of its own databases.",
    ),
  namespace: ownNamespace,
  images: z
    .strictObject(exporterImages)
    .prefault({})
    .meta({
      description: "Images, for registries of your own.",
      examples: [{ redisExporter: "registry.example/redis_exporter:v1.69.0" }],
    }),
  scrapeInterval: duration.optional().describe("Time between two scrapes of a target. Default: the cluster's own."),
  labels: z
    .record(label, z.string())
    .default({})
    .meta({
      description:
        "Labels of monitors, probes, rules and routes, which the selectors of the cluster's Prometheus and Alertmanager want.",
      examples: [{ release: "kube-prometheus-stack" }],
    }),
  prometheusNamespace: namespaceName
    .default("monitoring")
    .describe(
      "Namespace of the cluster's Prometheus, from which alone the exporters are reached, and which the network policies let " +
        "in to the ports of the metrics.",
    ),
  ...alertSettings,
  logs: logsOfExisting,
  dashboards,
});

/** The settings of the monitoring, by engine. */
export const monitoringSettings = z.discriminatedUnion("engine", [operator, existing]).meta({
  description: "Metrics, alerts, dashboards and logs. Default: nothing is monitored.",
  examples: [{ engine: "prometheus-operator" }, { engine: "existing", labels: { release: "kube-prometheus-stack" } }],
});

/** Settings of the monitoring. */
export type MonitoringSettings = z.infer<typeof monitoringSettings>;

/** Settings of the engine that installs everything. */
export type OperatorSettings = z.infer<typeof operator>;

/** Namespace of what reads files of the nodes. */
export const nodesNamespace = ({ namespace }: { readonly namespace: string }) => `${namespace}-nodes`;
