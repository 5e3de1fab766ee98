/** Metrics of the cluster itself: what kube-state-metrics, the kubelets and node_exporter know. */
import { DaemonSet } from "@pulumi/kubernetes/apps/v1";
import * as pulumi from "@pulumi/pulumi";
import { limited } from "../kubernetes/resources";
import { restrictedContainer } from "../kubernetes/restricted";
import { clusterAccount } from "./cluster-account";
import { Exporter } from "./exporter";
import { operatorObject, type Endpoint, type Labels } from "./kinds";
import type { OperatorSettings } from "./settings";

export interface ClusterMetricsArgs {
  readonly namespace: pulumi.Output<string>;
  /** Namespace that admits privileged pods. */
  readonly nodes: pulumi.Output<string>;
  readonly images: OperatorSettings["images"];
  /** Labels of the monitors, by which Prometheus selects them. */
  readonly selected: Labels;
}

/** Exporters of what the cluster is made of, and their monitors. */
export class ClusterMetrics extends pulumi.ComponentResource {
  constructor({ namespace, nodes, images, selected }: ClusterMetricsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runsheet:index:ClusterMetrics", "cluster-metrics", {}, opts);
    const parent = { parent: this };
    kubeStateMetrics(namespace, images.kubeStateMetrics, this);
    nodeExporter(nodes, images.nodeExporter, parent);
    const monitor = (name: string, app: string, endpoint: Endpoint) =>
      operatorObject(
        "PodMonitor",
        `${name}-target`,
        { name, namespace: name === nodeExporterName ? nodes : namespace, labels: selected },
        { selector: { matchLabels: { "app.kubernetes.io/name": app } }, jobLabel, podMetricsEndpoints: [endpoint] },
        parent,
      );
    // Its series are of other pods than its own, and have their labels.
    monitor(kubeStateMetricsName, kubeStateMetricsName, { port: "metrics", honorLabels: true });
    monitor(nodeExporterName, nodeExporterName, {
      port: "metrics",
      relabelings: [{ action: "replace", sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" }],
    });
    kubelets(namespace, selected, parent);
    this.registerOutputs({});
  }
}

const jobLabel = "app.kubernetes.io/name";
const kubeStateMetricsName = "kube-state-metrics";
const nodeExporterName = "node-exporter";

/** Kinds of objects that it makes series of, by their group. */
const watched: Readonly<Record<string, readonly string[]>> = {
  "": ["pods", "nodes", "persistentvolumeclaims"],
  apps: ["deployments", "replicasets", "statefulsets", "daemonsets"],
  batch: ["jobs", "cronjobs"],
  autoscaling: ["horizontalpodautoscalers"],
};

/** Labels of objects that it shows, by which a step and a release are told. */
const shownLabels = [
  "app.kubernetes.io/name",
  "app.kubernetes.io/part-of",
  "app.kubernetes.io/version",
  "cnpg.io/cluster",
];

function kubeStateMetrics(namespace: pulumi.Output<string>, image: string, parent: pulumi.Resource): void {
  const name = kubeStateMetricsName;
  const rules = Object.entries(watched).map(([group, resources]) => ({
    apiGroups: [group],
    resources: [...resources],
    verbs: ["list", "watch"],
  }));
  const serviceAccount = clusterAccount(name, namespace, rules, parent);
  const kinds = Object.values(watched).flat();
  const labelled = ["pods", "jobs", "cronjobs", "deployments"].map((kind) => `${kind}=[${shownLabels.join(",")}]`);
  new Exporter(
    name,
    {
      ...{ namespace, image, port: 8080, ready: "/healthz", serviceAccount },
      args: ["--port=8080", `--resources=${kinds.join(",")}`, `--metric-labels-allowlist=${labelled.join(",")}`],
      resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "512Mi" } },
    },
    { parent },
  );
}

/** Makes node_exporter, which reads the node's /proc, /sys and mounts through one hostPath, and has no other rights. */
function nodeExporter(namespace: pulumi.Output<string>, image: string, opts: pulumi.CustomResourceOptions): void {
  const name = nodeExporterName;
  const selector = { "app.kubernetes.io/name": name };
  const labels = { ...selector, "app.kubernetes.io/managed-by": "runsheet" };
  const host = "/host";
  new DaemonSet(
    name,
    {
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: selector },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: "RuntimeDefault" } },
            tolerations: [{ operator: "Exists" }],
            containers: [
              {
                name: "main",
                image,
                args: [
                  `--path.procfs=${host}/proc`,
                  `--path.sysfs=${host}/sys`,
                  `--path.rootfs=${host}`,
                  // Of its own network, which tells nothing: the kubelet has that of each pod.
                  "--no-collector.netdev",
                  "--no-collector.netclass",
                  "--no-collector.netstat",
                  "--no-collector.sockstat",
                  "--no-collector.arp",
                  "--no-collector.wifi",
                  "--no-collector.textfile",
                ],
                ports: [{ name: "metrics", containerPort: 9100 }],
                readinessProbe: { httpGet: { path: "/", port: "metrics" }, periodSeconds: 10 },
                resources: limited({ requests: { cpu: "10m", memory: "24Mi" }, limits: { memory: "128Mi" } }, []),
                securityContext: restrictedContainer,
                volumeMounts: [{ name: "host", mountPath: host, readOnly: true, mountPropagation: "HostToContainer" }],
              },
            ],
            volumes: [{ name: "host", hostPath: { path: "/" } }],
          },
        },
      },
    },
    opts,
  );
}

/** Metrics of the containers that a dashboard or an alert uses: the kubelet has hundreds of others. */
const ofContainers =
  "container_(cpu_usage_seconds_total|cpu_cfs_(throttled_)?periods_total|memory_working_set_bytes|memory_rss|oom_events_total|fs_(reads|writes)_bytes_total|network_(receive|transmit)_bytes_total)|machine_(cpu_cores|memory_bytes)";

/** Volumes and containers, from the kubelets. The operator keeps a Service of all of them. */
function kubelets(namespace: pulumi.Output<string>, labels: Labels, opts: pulumi.CustomResourceOptions): void {
  const token = "/var/run/secrets/kubernetes.io/serviceaccount/token";
  const secure: Endpoint = {
    port: "https-metrics",
    scheme: "https",
    bearerTokenFile: token,
    // Many clusters' kubelets have certificates that they signed themselves.
    tlsConfig: { insecureSkipVerify: true },
    honorLabels: true,
  };
  const keep = (regex: string) => [{ action: "keep", sourceLabels: ["__name__"], regex }] as const;
  operatorObject(
    "ServiceMonitor",
    "kubelet",
    { name: "kubelet", namespace, labels },
    {
      jobLabel: "app.kubernetes.io/name",
      selector: {
        matchLabels: { "app.kubernetes.io/name": "kubelet", "app.kubernetes.io/managed-by": "prometheus-operator" },
      },
      namespaceSelector: { matchNames: ["kube-system"] },
      endpoints: [
        { ...secure, metricRelabelings: keep("kubelet_volume_stats_.+|kubelet_running_(pods|containers)|up") },
        { ...secure, path: "/metrics/cadvisor", metricRelabelings: keep(ofContainers) },
      ],
    },
    opts,
  );
}
