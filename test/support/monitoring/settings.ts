/** The monitoring of the lab: its images, and sizes that fit its node. */
import type { AlertReceivers } from "../alerts/receivers";
import type { FaultyStack } from "../faulty-stack";

export const labImages = {
  operator: "runsheet.lab/prometheus-operator:0.85.0",
  configReloader: "runsheet.lab/prometheus-config-reloader:0.85.0",
  prometheus: "runsheet.lab/prometheus:2.53.3",
  alertmanager: "runsheet.lab/alertmanager:0.28.1",
  kubeStateMetrics: "runsheet.lab/kube-state-metrics-stand-in:1",
  nodeExporter: "runsheet.lab/node-exporter:1.9.0",
  victoriaLogs: "runsheet.lab/victoria-logs:1.52.1",
  vmalert: "runsheet.lab/vmalert:1.148.9",
  postgresExporter: "runsheet.lab/postgres-exporter:0.17.1",
  redisExporter: "runsheet.lab/redis-exporter:1.69.0",
  blackboxExporter: "runsheet.lab/blackbox-exporter:0.26.0",
  collector: "runsheet.lab/otel-collector:0.165.0",
};

/** Value of `runsheet:monitoring` without receivers. */
export const labMonitoring = {
  engine: "prometheus-operator",
  images: labImages,
  scrapeInterval: "10s",
  prometheus: { storage: "1Gi", resources: { cpu: "20m", memory: "128Mi", memoryLimit: "1Gi" } },
  alertmanager: { storage: "128Mi" },
  logs: { victorialogs: { storage: "1Gi", cpu: "10m", memory: "64Mi" } },
};

/** Smaller requests of OmniOps' three pods: with the guide's and the monitoring the node has no room for a rollout. */
export const smallOmniops = {
  "omniops:workloads": { "omniops-phase4": { resources: { cpu: "50m", memory: "128Mi" } } },
};

/** Secrets of the receivers, which must be in no log. */
export const receiverSecrets = { pagerdutyRoutingKey: "integration-key-of-the-lab" };

/** Configures the monitoring with the receivers of a test. */
export async function configureMonitoring(stack: FaultyStack, receivers: AlertReceivers): Promise<void> {
  const { url, smarthost } = receivers;
  stack.configure({
    "runsheet:monitoring": {
      ...labMonitoring,
      receivers: {
        pagerduty: { url: `${url}/pagerduty` },
        slack: { channel: "#engineering" },
        email: { to: "team@example.com", from: "alerts@example.com", smarthost, requireTls: false },
      },
      runbookUrl: "https://example.com/runsheet",
    },
  });
  const secrets = { ...receiverSecrets, slackWebhookUrl: `${url}/slack` };
  for (const [key, value] of Object.entries(secrets)) {
    const set = ["config", "set", "--secret", `runsheet:${key}`, value, "--stack", "local"];
    const { code, output } = await stack.pulumi(set);
    if (code !== 0) throw new Error(`pulumi config set ended with ${code}: ${output}`);
  }
}
