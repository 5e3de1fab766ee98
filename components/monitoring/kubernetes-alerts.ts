/**
 * Alerts on the system's objects in Kubernetes, from kube-state-metrics and the kubelet. Their series have labels of the
 * pod of kube-state-metrics too, which an alert must not have: it would be another one after each of its rollouts.
 */
import type { Alert } from "./alert";
import { failedDescription, lastRunFailed } from "./backup-alerts";

export const kubernetesAlerts = (namespace: string): Alert[] => [
  ...pods(namespace),
  metricsMissing(namespace),
  ...jobs(namespace),
];

/** Exporters that Runsheet runs in the system's namespace. Users need none of them. */
const exporters = '".+-(postgres|redis)-exporter"';

const availablePods = (namespace: string, deployments: string) =>
  `kube_deployment_status_replicas_available{namespace="${namespace}",deployment${deployments}}`;

const pods = (namespace: string): Alert[] => [
  {
    name: "WorkloadUnavailable",
    expr:
      `max by (deployment) (${availablePods(namespace, `!~${exporters}`)}) == 0` +
      ` and on (deployment) kube_deployment_spec_replicas{namespace="${namespace}"} > 0`,
    for: "2m",
    severity: "critical",
    summary: "No pod of a workload is available.",
    description: "{{ $labels.deployment }} has {{ $value }} available pods.",
    threshold: "no pod available",
    heading: "Workload unavailable",
    role: "cause",
  },
  {
    name: "RolloutStuck",
    expr:
      `max by (deployment) (kube_deployment_status_condition` +
      `{namespace="${namespace}",condition="Progressing",status="false"}) == 1`,
    for: "5m",
    severity: "warning",
    summary: "A rollout makes no progress.",
    description:
      "The rollout of {{ $labels.deployment }} has passed its deadline (Progressing is false: {{ $value }}).",
    threshold: "the rollout's deadline has passed",
    heading: "Rollout stuck",
  },
  {
    name: "PodCrashLooping",
    expr:
      `max by (pod, container) (max_over_time(kube_pod_container_status_waiting_reason` +
      `{namespace="${namespace}",reason="CrashLoopBackOff"}[5m])) == 1`,
    for: "10m",
    severity: "warning",
    summary: "A container ends again and again.",
    description: "{{ $labels.container }} in {{ $labels.pod }} waits in CrashLoopBackOff ({{ $value }}).",
    threshold: "in CrashLoopBackOff",
    heading: "Pod crash looping",
  },
  {
    name: "VolumeFullInFourHours",
    expr:
      `predict_linear(kubelet_volume_stats_available_bytes{namespace="${namespace}"}[1h], 4 * 3600) < 0` +
      ` and kubelet_volume_stats_available_bytes{namespace="${namespace}"}` +
      ` / kubelet_volume_stats_capacity_bytes{namespace="${namespace}"} < 0.5` +
      // A new one fills with what is restored into it: every night that of the restore test.
      ` and kubelet_volume_stats_available_bytes{namespace="${namespace}"} offset 1h`,
    for: "10m",
    severity: "critical",
    summary: "A volume will be full in four hours, if it fills as in the last hour.",
    description: "{{ $labels.persistentvolumeclaim }} will have {{ $value | humanize1024 }}B free in four hours.",
    threshold: "full in 4 h as the last hour went, less than half is free, and it is an hour old",
    heading: "Volume full in four hours",
  },
];

/** Without metrics nothing else can fire. A symptom: it is muted while the cause is known. */
const metricsMissing = (namespace: string): Alert => ({
  name: "MetricsMissing",
  expr:
    `max by (job) (up{namespace="${namespace}"}) == 0` +
    ` or max by (job) (label_replace(${availablePods(namespace, `=~${exporters}`)},` +
    ` "job", "$1", "deployment", "(.+)")) == 0` +
    ` or label_replace(absent(kube_deployment_spec_replicas{namespace="${namespace}"}),` +
    ` "job", "kube-state-metrics", "", "") - 1`,
  for: "15m",
  severity: "warning",
  summary: "No pod of a target gives its metrics: alerts on them cannot fire.",
  description: "No pod of {{ $labels.job }} gives its metrics ({{ $value }} of 1).",
  threshold: "no pod of a workload, a database or an exporter, or nothing of the Deployments",
  heading: "Metrics missing",
  role: "symptom",
});

const jobs = (namespace: string): Alert[] => [
  {
    name: "JobFailed",
    expr:
      `max by (job_name) (kube_job_failed{namespace="${namespace}",condition="true"}) == 1` +
      ` unless on (job_name) kube_job_owner{namespace="${namespace}",owner_kind="CronJob"}`,
    for: "1m",
    severity: "warning",
    summary: "A task failed: a migration, a dump, or a check.",
    description: "The Job {{ $labels.job_name }} failed (kube_job_failed is {{ $value }}).",
    threshold: "failed",
    heading: "Job failed",
  },
  {
    name: "CronJobFailed",
    expr: lastRunFailed(namespace, '!~".+-restore-test"'),
    for: "5m",
    severity: "warning",
    summary: "The last run of a schedule failed.",
    description: failedDescription,
    threshold: "the last run did not succeed",
    heading: "CronJob failed",
  },
];
