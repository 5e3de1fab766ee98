/**
 * Rows of the backups: base backups, the archive of WAL, dumps and restore tests.
 *
 * `cnpg_collector_last_available_backup_timestamp` is not what the Barman Cloud plugin updates
 * (cloudnative-pg/plugin-barman-cloud#380). The plugin has metrics of its own.
 */
import type { ChartPanel, Row } from "./dashboard";
import { selected, since } from "./dashboard-queries";

const [hour, day] = [3600, 86_400];

const latest = (metric: string) => `max by (namespace) (${selected(`barman_cloud_cloudnative_pg_io_${metric}`)} > 0)`;

const succeeded = (cronJobs: string) =>
  since(
    `max by (namespace, cronjob) (${selected("kube_cronjob_status_last_successful_time", `cronjob=~"${cronJobs}"`)})`,
  );

/** The primary archives, so of several servers the one that did it last counts. */
const lastArchived = `min by (namespace) (${selected("cnpg_pg_stat_archiver_seconds_since_last_archival")} >= 0)`;

const ages: readonly ChartPanel[] = [
  {
    kind: "bar gauge",
    title: "Age of the last base backup",
    description: "Time since the last available base backup of each system. One is made every 6 hours.",
    unit: "seconds",
    queries: [{ expression: since(latest("last_available_backup_timestamp")), legend: "{{namespace}}" }],
    thresholds: { bad: "above", critical: 7 * hour },
    minimum: 0,
    maximum: day,
  },
  {
    kind: "bar gauge",
    title: "Age of the last archived WAL",
    description:
      "Time since the last WAL was archived: what would be lost. OmniOps allows 15 minutes. An idle database archives " +
      "nothing, and loses nothing.",
    unit: "seconds",
    queries: [{ expression: lastArchived, legend: "{{namespace}}" }],
    thresholds: { bad: "above", warning: hour / 4 },
    minimum: 0,
    maximum: hour / 2,
  },
  {
    kind: "bar gauge",
    title: "Age of the last dump",
    description: "Time since the last successful run of each schedule of dumps. They run every night.",
    unit: "seconds",
    queries: [{ expression: succeeded(".+-dump-scheduled"), legend: "{{cronjob}}" }],
    thresholds: { bad: "above", critical: 26 * hour },
    minimum: 0,
    maximum: 50 * hour,
  },
  {
    kind: "bar gauge",
    title: "Age of the last restore test",
    description: "Time since the last successful restore test of each system. They run every night.",
    unit: "seconds",
    queries: [{ expression: succeeded(".+-restore-test"), legend: "{{cronjob}}" }],
    thresholds: { bad: "above", warning: 32 * hour },
    minimum: 0,
    maximum: 50 * hour,
  },
];

const archive: readonly ChartPanel[] = [
  {
    kind: "timeseries",
    title: "WAL that waits for the archive",
    description: "WAL segments that are not archived yet. More and more of them fill the volume.",
    unit: "count",
    queries: [
      {
        expression: `max by (namespace) (${selected("cnpg_collector_pg_wal_archive_status", 'value="ready"')})`,
        legend: "{{namespace}}",
      },
    ],
    thresholds: { bad: "above", critical: 10 },
    minimum: 0,
  },
  {
    kind: "timeseries",
    title: "Failed tries of archiving",
    description: "Tries of archiving a WAL segment that failed in the 15 minutes before.",
    unit: "count",
    queries: [
      {
        expression: `sum by (namespace) (increase(${selected("cnpg_pg_stat_archiver_failed_count")}[15m]))`,
        legend: "{{namespace}}",
      },
    ],
    thresholds: { bad: "above", warning: 1 },
    minimum: 0,
  },
  {
    kind: "timeseries",
    title: "Period that can be restored",
    description: "Time since the first moment to which each database can be restored.",
    unit: "seconds",
    queries: [{ expression: since(latest("first_recoverability_point")), legend: "{{namespace}}" }],
    minimum: 0,
  },
  {
    kind: "stat",
    title: "Last base backup",
    description: "Whether the last base backup of each system succeeded: a failure after it is shown.",
    unit: "state",
    queries: [
      {
        expression: `${latest("last_available_backup_timestamp")} > bool on (namespace) max by (namespace) (${selected("barman_cloud_cloudnative_pg_io_last_failed_backup_timestamp")})`,
        legend: "{{namespace}}",
      },
    ],
    thresholds: { bad: "below", critical: 1 },
    states: { 0: "failed", 1: "done" },
  },
];

/** Rows of the dashboard of the platform. */
export const backupRows: readonly Row[] = [
  { title: "Backups", panels: ages as Row["panels"] },
  { panels: archive as Row["panels"] },
];
