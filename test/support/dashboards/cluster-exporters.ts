/** Samples of the cluster: its objects, volumes and containers, and what users reach. */
import {
  combined,
  constant,
  counter,
  latestOf,
  metric,
  wave,
  type Exporter,
  type Labels,
  type Series,
  type Shape,
} from "./sample";
import { servers } from "./database-exporters";
import { podsOf, sampleSystems } from "./systems";

const [GiB, MiB] = [2 ** 30, 2 ** 20];
const systems = Object.entries(sampleSystems);
const [hour, day] = [3600, 86_400];

const pods = systems.flatMap(([, { namespace, deployments }]) =>
  Object.entries(deployments).flatMap(([name, count]) => podsOf(namespace, name, count)),
);
const containers = [...pods, ...servers].map(({ namespace, pod, container }) => ({
  namespace: namespace,
  pod: pod,
  container: container,
}));
const deployments = systems.flatMap(([, { namespace, deployments }]) =>
  Object.keys(deployments).map((deployment) => ({ namespace, deployment, pods: deployments[deployment]! })),
);
const withoutPods = deployments.map(({ namespace, deployment }) => ({ namespace, deployment }));
const cronJobs = systems.flatMap(([, { namespace, cronJobs }]) =>
  combined({ namespace: [namespace], cronjob: cronJobs }),
);

/** Latest successful run: monthly and quarterly maintenance, everything else every night. */
function lastRun({ cronjob }: Labels): Shape {
  if (/monthly|quarterly/.test(cronjob!)) return latestOf(30 * day);
  return /requeue|refresh|reports/.test(cronjob!) ? latestOf(900) : latestOf(day, hour);
}

/** Jobs of the tasks, which an up has started in the hour before. Each runs after the one before it. */
const upAt = latestOf(hour, 600);
const jobs = systems.flatMap(([, { namespace, tasks }], system) =>
  tasks.map((task, at) => {
    const hash = (0x1a2b3c4d5e + at * 7919).toString(16).padStart(10, "0").slice(0, 10);
    const start: Shape = (time) => upAt(time) + 20 * at + 3 * system;
    const end: Shape = (time) => start(time) + 6 + ((at * 7) % 13);
    return { labels: { namespace, job_name: `${task}-${hash}` }, start, end };
  }),
);
const ofJobs = (name: string, shape: (job: (typeof jobs)[number]) => Shape, more: Labels = {}): Series[] =>
  jobs.map((job) => ({ name, labels: { ...job.labels, ...more }, at: shape(job) }));

const kubeStateMetrics: Exporter = {
  name: "kube-state-metrics",
  source: "kubernetes/kube-state-metrics: docs/metrics/workload/{job,cronjob,deployment,pod}-metrics.md",
  series: [
    ...metric("kube_deployment_spec_replicas", withoutPods, (_, at) => constant(deployments[at]!.pods)),
    ...metric("kube_deployment_status_replicas_available", withoutPods, (_, at) => constant(deployments[at]!.pods)),
    ...metric("kube_deployment_status_replicas_updated", withoutPods, (_, at) => constant(deployments[at]!.pods)),
    ...metric("kube_pod_container_status_restarts_total", containers, () => constant(0)),
    ...metric(
      "kube_pod_container_resource_limits",
      containers.map((labels) => ({ ...labels, resource: "memory" })),
      () => constant(512 * MiB),
    ),
    ...metric("kube_cronjob_status_last_schedule_time", cronJobs, lastRun),
    ...metric("kube_cronjob_status_last_successful_time", cronJobs, lastRun),
    ...metric("kube_cronjob_spec_suspend", cronJobs, () => constant(0)),
    ...ofJobs("kube_job_info", () => constant(1)),
    ...ofJobs("kube_job_status_start_time", ({ start }) => start),
    ...ofJobs("kube_job_status_completion_time", ({ end }) => end),
    ...ofJobs(
      "kube_job_status_active",
      ({ start, end }) =>
        (time) =>
          Number(time >= start(time) && time < end(time)),
    ),
    ...ofJobs("kube_job_complete", () => constant(1), { condition: "true" }),
    ...metric("kube_job_failed", [{ namespace: "pm", job_name: "pm-refresh-views-29412345", condition: "true" }], () =>
      constant(1),
    ),
  ],
};

const volumes = systems.flatMap(([name, { namespace, redis }]) => {
  const claims = [`${name}-postgresql-1`, ...(redis ? [`data-${name}-redis-0`] : [])];
  return combined({ namespace: [namespace], persistentvolumeclaim: claims });
});
const used = (at: number) => wave((0.15 + 0.11 * (at % 7)) * GiB, 0.01 * GiB, at);

const kubelet: Exporter = {
  name: "kubelet",
  source:
    "kubernetes/kubernetes: pkg/kubelet/metrics/collectors/volume_stats.go; google/cadvisor: docs/storage/prometheus.md",
  series: [
    ...metric("kubelet_volume_stats_capacity_bytes", volumes, () => constant(GiB)),
    ...metric("kubelet_volume_stats_used_bytes", volumes, (_, at) => used(at)),
    ...metric("kubelet_volume_stats_available_bytes", volumes, (_, at) => (time) => GiB - used(at)(time)),
    ...metric("container_memory_working_set_bytes", containers, (_, at) =>
      wave((140 + 17 * (at % 9)) * MiB, 9 * MiB, at),
    ),
    ...metric(
      "container_cpu_usage_seconds_total",
      containers,
      (_, at) => (time) => counter(100)(time) * 0.0004 * (1 + (at % 5)),
    ),
  ],
};

const reached = systems
  .slice(0, 3)
  .map(([name, { namespace }]) => ({ namespace, instance: `https://${name}.example.com`, job: "probe" }));

const blackboxExporter: Exporter = {
  name: "blackbox_exporter",
  source: "prometheus/blackbox_exporter: prober/handler.go, prober/http.go",
  series: [
    ...metric("probe_success", reached, () => constant(1)),
    ...metric("probe_duration_seconds", reached, (_, at) => wave(0.12 + 0.05 * at, 0.03, at)),
    ...metric("probe_ssl_earliest_cert_expiry", reached, (_, at) => (time) => time + (9 + 30 * at) * day),
  ],
};

export const clusterExporters: readonly Exporter[] = [kubeStateMetrics, kubelet, blackboxExporter];
