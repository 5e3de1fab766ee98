/** Rows of the databases, the volumes, the Jobs and CronJobs, and of what users reach. */
import type { Row } from "./dashboard";
import { selected, since } from "./dashboard-queries";
import { connectionsShare, databaseSizes, replicationLags } from "./dashboard-rows";

const day = 86_400;

/** Databases of all systems. */
export const databaseRows: readonly Row[] = [
  {
    title: "Databases",
    panels: [
      {
        kind: "timeseries",
        title: "Size",
        description: "Disk space of each database.",
        unit: "bytes",
        queries: [{ expression: databaseSizes, legend: "{{namespace}} {{datname}}" }],
        minimum: 0,
      },
      {
        kind: "timeseries",
        title: "Connections",
        description: "Open connections as a share of max_connections, of the server with the highest one.",
        unit: "ratio",
        queries: [{ expression: `max by (namespace) (${connectionsShare})`, legend: "{{namespace}}" }],
        thresholds: { bad: "above", warning: 0.8 },
        minimum: 0,
        maximum: 1,
      },
      {
        kind: "timeseries",
        title: "Replication lag",
        description: "Time that the last replica of each system is behind its primary. Without replicas it is 0.",
        unit: "seconds",
        queries: [{ expression: `max by (namespace) (${replicationLags})`, legend: "{{namespace}}" }],
        thresholds: { bad: "above", warning: 30 },
        minimum: 0,
      },
    ],
  },
];

const volumeShare = (what: string) =>
  `max by (namespace, persistentvolumeclaim) (${selected(`kubelet_volume_stats_${what}_bytes`)})`;
const byVolume = "on (namespace, persistentvolumeclaim)";

/** Volumes of all systems, by the kubelet. */
export const volumeRows: readonly Row[] = [
  {
    title: "Volumes",
    panels: [
      {
        kind: "table",
        title: "Volumes",
        description: "Size, free space, and the share that is in use.",
        unit: "bytes",
        labels: { namespace: "Namespace", persistentvolumeclaim: "Volume" },
        columns: [
          { expression: volumeShare("capacity"), legend: "Size" },
          { expression: volumeShare("available"), legend: "Free" },
          {
            expression: `${volumeShare("used")} / ${byVolume} ${volumeShare("capacity")}`,
            legend: "Used",
            unit: "ratio",
            thresholds: { bad: "above", warning: 0.8, critical: 0.9 },
          },
        ],
        sortedBy: "Used",
      },
      {
        kind: "timeseries",
        title: "Free space",
        description: "Free share of each volume. Critical below 10 %.",
        unit: "ratio",
        queries: [
          {
            expression: `${volumeShare("available")} / ${byVolume} ${volumeShare("capacity")}`,
            legend: "{{namespace}} {{persistentvolumeclaim}}",
          },
        ],
        thresholds: { bad: "below", warning: 0.2, critical: 0.1 },
        minimum: 0,
        maximum: 1,
      },
    ],
    height: 10,
  },
];

const ofJob = (metric: string, ...matchers: string[]) =>
  `max by (namespace, job_name) (${selected(metric, ...matchers)})`;
const cronJob = (metric: string) => `max by (namespace, cronjob) (${selected(`kube_cronjob_${metric}`)})`;

/** Jobs and CronJobs of all systems, by kube-state-metrics. */
export const jobRows: readonly Row[] = [
  {
    title: "Jobs and CronJobs",
    height: 14,
    panels: [
      {
        kind: "table",
        title: "CronJobs",
        description:
          "Time since the last start and the last success of each CronJob, whether the last run is done, and whether it is " +
          "suspended.",
        unit: "seconds",
        labels: { namespace: "Namespace", cronjob: "CronJob" },
        columns: [
          { expression: since(cronJob("status_last_schedule_time")), legend: "Since the last start" },
          { expression: since(cronJob("status_last_successful_time")), legend: "Since the last success" },
          {
            expression: `${cronJob("status_last_successful_time")} >= bool on (namespace, cronjob) ${cronJob("status_last_schedule_time")}`,
            legend: "Last run",
            unit: "state",
            states: { 0: "not done", 1: "done" },
            thresholds: { bad: "below", warning: 1 },
          },
          {
            expression: cronJob("spec_suspend"),
            legend: "Suspended",
            unit: "state",
            states: { 0: "no", 1: "yes" },
          },
        ],
        width: 14,
      },
      {
        kind: "timeseries",
        title: "Failed Jobs",
        description: "Jobs that have failed and are still there, of steps and of CronJobs.",
        unit: "count",
        queries: [
          {
            expression: `sum by (namespace) (${ofJob("kube_job_failed", 'condition="true"')} or 0 * ${ofJob("kube_job_info")})`,
            legend: "{{namespace}}",
          },
        ],
        thresholds: { bad: "above", critical: 1 },
        minimum: 0,
      },
    ],
  },
];

/** Answers at the addresses that users have, by blackbox_exporter. A probe has the namespace of its system. */
export const reachedRow: Row = {
  title: "What users reach",
  panels: [
    {
      kind: "timeseries",
      title: "Reached",
      description: "Whether the address answered as it should: 1, else 0.",
      unit: "state",
      queries: [{ expression: `min by (instance) (${selected("probe_success")})`, legend: "{{instance}}" }],
      thresholds: { bad: "below", critical: 1 },
      minimum: 0,
      maximum: 1,
    },
    {
      kind: "timeseries",
      title: "Time of an answer",
      description: "Time that a probe took, from the name to the end of the answer.",
      unit: "seconds",
      queries: [{ expression: `max by (instance) (${selected("probe_duration_seconds")})`, legend: "{{instance}}" }],
      minimum: 0,
    },
    {
      kind: "bar gauge",
      title: "Certificate's remaining time",
      description: "Time until the first certificate of the chain ends.",
      unit: "seconds",
      queries: [
        {
          expression: `min by (instance) (${selected("probe_ssl_earliest_cert_expiry")}) - time()`,
          legend: "{{instance}}",
        },
      ],
      thresholds: { bad: "below", warning: 14 * day, critical: 3 * day },
      minimum: 0,
    },
  ],
};
