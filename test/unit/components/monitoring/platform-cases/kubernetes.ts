import type { AlertCases } from "../../../../support/alerts/alert-case";
import { appears, falling, gauge, steady } from "../../../../support/alerts/levels";
import { critical, warning } from "./channels";
import { active, begun, lastRun } from "./cron-jobs";

const available = 'kubelet_volume_stats_available_bytes{persistentvolumeclaim="data"}';
const capacity = 'kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="data"}';

const known = { 'kube_deployment_spec_replicas{deployment="pm-backend"}': steady(2) };

/** Cases of the objects in Kubernetes. */
export const kubernetesCases: AlertCases = {
  "WorkloadUnavailable/critical": {
    ...critical,
    for: "2m",
    runbook: "every-system.md#workload-unavailable",
    role: "cause",
    description: "pm-backend has 0 available pods.",
    labels: { deployment: "pm-backend" },
    series: {
      'kube_deployment_status_replicas_available{deployment="pm-backend"}': gauge(1, 0),
      'kube_deployment_spec_replicas{deployment="pm-backend"}': steady(2),
    },
    traps: [
      {
        title: "none is wanted",
        series: {
          'kube_deployment_status_replicas_available{deployment="pm-backend"}': steady(0),
          'kube_deployment_spec_replicas{deployment="pm-backend"}': steady(0),
        },
      },
      {
        title: "an exporter of Runsheet's, which no user needs",
        series: {
          'kube_deployment_status_replicas_available{deployment="pm-redis-exporter"}': steady(0),
          'kube_deployment_spec_replicas{deployment="pm-redis-exporter"}': steady(1),
        },
      },
      {
        title: "two pods of kube-state-metrics, in its rollout",
        series: Object.fromEntries(
          ["a", "b"].flatMap((pod) => [
            [`kube_deployment_status_replicas_available{deployment="pm-backend",pod="${pod}"}`, steady(0)],
            [`kube_deployment_spec_replicas{deployment="pm-backend",pod="${pod}"}`, steady(2)],
          ]),
        ),
        description: "pm-backend has 0 available pods.",
      },
    ],
  },
  "RolloutStuck/warning": {
    ...warning,
    for: "5m",
    runbook: "every-system.md#rollout-stuck",
    description: "The rollout of pm-backend has passed its deadline (Progressing is false: 1).",
    labels: { deployment: "pm-backend" },
    series: {
      'kube_deployment_status_condition{deployment="pm-backend",condition="Progressing",status="false"}': gauge(0, 1),
      'kube_deployment_status_condition{deployment="pm-backend",condition="Progressing",status="true"}': gauge(1, 0),
      'kube_deployment_status_condition{deployment="pm-backend",condition="Available",status="false"}': steady(1),
    },
  },
  "PodCrashLooping/warning": {
    ...warning,
    for: "10m",
    runbook: "every-system.md#pod-crash-looping",
    description: "backend in pm-backend-1 waits in CrashLoopBackOff (1).",
    labels: { pod: "pm-backend-1", container: "backend" },
    series: {
      'kube_pod_container_status_waiting_reason{pod="pm-backend-1",container="backend",reason="CrashLoopBackOff"}':
        gauge(0, 1),
      'kube_pod_container_status_waiting_reason{pod="pm-backend-1",container="backend",reason="ContainerCreating"}':
        steady(1),
    },
    window: 6,
  },
  "VolumeFullInFourHours/critical": {
    ...critical,
    for: "10m",
    runbook: "every-system.md#volume-full-in-four-hours",
    // From 400 bytes the 71st sample has 190 left, and 240 minutes at three bytes a minute take 720.
    description: "data will have -530B free in four hours.",
    labels: { persistentvolumeclaim: "data" },
    series: { [available]: falling(400, 0, 3), [capacity]: steady(1000) },
    window: 60,
    tooShort: 5,
    traps: [
      {
        title: "a new volume, into which a backup is restored",
        series: {
          [available]: appears(40, 400, Infinity, -9),
          [capacity]: appears(40, 1000),
        },
      },
      // The 72nd sample is the last.
      { title: "half is free", series: { [available]: falling(855, 0, 5), [capacity]: steady(1000) } },
      {
        title: "less than half is free",
        series: { [available]: falling(620, 0, 3), [capacity]: steady(1000) },
        description: "data will have -313B free in four hours.",
      },
      { title: "it will be full in a day", series: { [available]: falling(400, 0, 0.3), [capacity]: steady(1000) } },
    ],
  },
  "MetricsMissing/warning": {
    ...warning,
    for: "15m",
    runbook: "every-system.md#metrics-missing",
    role: "symptom",
    description: "No pod of pm-backend gives its metrics (0 of 1).",
    labels: { job: "pm-backend" },
    series: { ...known, 'up{job="pm-backend",pod="a"}': gauge(1, 0), 'up{job="pm-backend",pod="b"}': steady(0) },
    traps: [
      { title: "no pod is wanted", series: { ...known, 'up{job="pm-backend",pod="a"}': gauge(1, "gone") } },
      {
        title: "kube-state-metrics is away, or does not keep the namespace",
        series: { 'up{job="pm-backend",pod="a"}': steady(1) },
        description: "No pod of kube-state-metrics gives its metrics (0 of 1).",
        labels: { job: "kube-state-metrics" },
      },
      {
        title: "a workload has no pod, which has an alert of its own",
        series: { ...known, 'kube_deployment_status_replicas_available{deployment="pm-backend"}': steady(0) },
      },
      {
        title: "an exporter has no pod",
        series: { ...known, 'kube_deployment_status_replicas_available{deployment="pm-redis-exporter"}': steady(0) },
        description: "No pod of pm-redis-exporter gives its metrics (0 of 1).",
        labels: { job: "pm-redis-exporter" },
      },
    ],
  },
  "JobFailed/warning": {
    ...warning,
    for: "1m",
    runbook: "every-system.md#job-failed",
    description: "The Job pm-migrate-1 failed (kube_job_failed is 1).",
    labels: { job_name: "pm-migrate-1" },
    series: {
      'kube_job_failed{job_name="pm-migrate-1",condition="true"}': gauge(0, 1),
      'kube_job_failed{job_name="pm-migrate-1",condition="false"}': gauge(1, 0),
      'kube_job_owner{job_name="pm-migrate-1",owner_kind=""}': steady(1),
    },
    traps: [
      {
        title: "a Job of a schedule, which has an alert of its own",
        series: {
          'kube_job_failed{job_name="pm-refresh-views-1",condition="true"}': steady(1),
          'kube_job_owner{job_name="pm-refresh-views-1",owner_kind="CronJob"}': steady(1),
        },
      },
    ],
  },
  "CronJobFailed/warning": {
    ...warning,
    for: "5m",
    runbook: "every-system.md#cronjob-failed",
    description:
      "The last run of the CronJob pm-refresh-views began 1h 5m 40s after its last success, and did not succeed.",
    labels: { cronjob: "pm-refresh-views" },
    series: lastRun("pm-refresh-views"),
    traps: [
      { title: "a restore test, which has an alert of its own", series: lastRun("pm-restore-test") },
      {
        title: "two pods of kube-state-metrics, in its rollout",
        series: { ...lastRun("pm-refresh-views", "a"), ...lastRun("pm-refresh-views", "b") },
        description:
          "The last run of the CronJob pm-refresh-views began 1h 5m 40s after its last success, and did not succeed.",
      },
      {
        title: "its first run failed",
        series: {
          [begun("pm-refresh-views")]: steady(5000),
          'kube_cronjob_created{cronjob="pm-refresh-views"}': steady(1060),
          [active("pm-refresh-views")]: steady(0),
        },
        description:
          "The last run of the CronJob pm-refresh-views began 1h 5m 40s after its last success, and did not succeed.",
      },
    ],
  },
};
