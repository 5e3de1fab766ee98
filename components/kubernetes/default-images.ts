/**
 * The public images that Runsheet runs where the configuration names no others. A digest says which bytes they are, the tag
 * only how they are called. renovate.json moves both together: one image on one line.
 */
export const defaultImages = {
  postgresql: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
  redis:
    "docker.io/library/redis:8.2.1-bookworm@sha256:5fa2edb1e408fa8235e6db8fab01d1afaaae96c9403ba67b70feceb8661e8621",
  node: "docker.io/library/node:22.20.0-bookworm-slim@sha256:b21fe589dfbe5cc39365d0544b9be3f1f33f55f3c86c87a76ff65a02f8f5848e",
  sqitch: "docker.io/sqitch/sqitch:v1.5.2.0",
  cloudnativepgOperator:
    "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0@sha256:a2701eb97cdd2a34b1fdb2cb51987f544b706e40bec72ae7146cd8580efefebb",
  barmanPlugin:
    "ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.14.0@sha256:823a8893690980ba5830bbbb11196a35f695b0488db7d846abc33baebf32417c",
  barmanSidecar:
    "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.14.0@sha256:9880817c285c7afa4d195da2145064d21907405489ed6ec39abe59b1feb558a4",
  operator: "quay.io/prometheus-operator/prometheus-operator:v0.85.0",
  configReloader: "quay.io/prometheus-operator/prometheus-config-reloader:v0.85.0",
  prometheus: "quay.io/prometheus/prometheus:v2.53.3",
  alertmanager:
    "quay.io/prometheus/alertmanager:v0.28.1@sha256:27c475db5fb156cab31d5c18a4251ac7ed567746a2483ff264516437a39b15ba",
  kubeStateMetrics: "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.16.0",
  nodeExporter:
    "quay.io/prometheus/node-exporter:v1.9.0@sha256:c99d7ee4d12a38661788f60d9eca493f08584e2e544bbd3b3fca64749f86b848",
  postgresExporter:
    "quay.io/prometheuscommunity/postgres-exporter:v0.17.1@sha256:38606faa38c54787525fb0ff2fd6b41b4cfb75d455c1df294927c5f611699b17",
  redisExporter: "docker.io/oliver006/redis_exporter:v1.69.0",
  blackboxExporter: "quay.io/prometheus/blackbox-exporter:v0.26.0",
  collector: "docker.io/otel/opentelemetry-collector-contrib:0.165.0",
  victoriaLogs: "docker.io/victoriametrics/victoria-logs:v1.52.1",
  vmalert: "docker.io/victoriametrics/vmalert:v1.148.9",
} as const;
