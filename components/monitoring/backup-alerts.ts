/** Alerts on backups and restore tests: age and failure. */
import type { Alert } from "./alert";
import type { DatabaseExporter } from "./database-alerts";

/** Greatest age of backups, with the time that one takes. */
export interface BackupPromises {
  /** Age of the newest base backup, in hours. Default: 7, for one every six hours. */
  readonly baseBackupHours?: number;
  /** Age of the last successful dump, in hours. Default: 26, for one each day. */
  readonly dumpHours?: number;
  /** Age of the last successful restore test, in hours. Default: 32, for one each day that may take seven hours. */
  readonly restoreTestHours?: number;
}

export const backupAlerts = (namespace: string, database: DatabaseExporter, promises: BackupPromises): Alert[] => [
  ...(database === "cloudnativepg" ? cloudnativepgAlerts(namespace, promises.baseBackupHours ?? 7) : []),
  {
    name: "DumpTooOld",
    expr: `${sinceSuccess(namespace, '=~".+-dump-scheduled"')} > ${(promises.dumpHours ?? 26) * 3600}`,
    for: "15m",
    severity: "critical",
    summary: "The newest dump is older than promised.",
    description: "The CronJob {{ $labels.cronjob }} succeeded last {{ $value | humanizeDuration }} ago.",
    threshold: `last success more than ${promises.dumpHours ?? 26} h ago`,
    heading: "Dump too old",
  },
  {
    name: "RestoreTestFailed",
    expr: lastRunFailed(namespace, '=~".+-restore-test"'),
    for: "5m",
    severity: "warning",
    summary: "The last restore test failed: the backups are not known to be restorable.",
    description: failedDescription,
    threshold: "the last run did not succeed",
    heading: "Restore test failed",
  },
  {
    name: "RestoreTestTooOld",
    expr: `${sinceSuccess(namespace, '=~".+-restore-test"')} > ${(promises.restoreTestHours ?? 32) * 3600}`,
    for: "15m",
    severity: "warning",
    summary: "No restore test has succeeded for too long.",
    description: "The CronJob {{ $labels.cronjob }} succeeded last {{ $value | humanizeDuration }} ago.",
    threshold: `last success more than ${promises.restoreTestHours ?? 32} h ago`,
    heading: "Restore test too old",
  },
];

/**
 * Condition that the last run of CronJobs ended without success. Its value is the time between that run and the last
 * success, in seconds. `which` is a matcher of their names.
 */
export const lastRunFailed = (namespace: string, which: string): string =>
  `max by (namespace, cronjob) (kube_cronjob_status_last_schedule_time{namespace="${namespace}",cronjob${which}})` +
  ` - on (namespace, cronjob) ${lastSuccess(namespace, which)} > 0` +
  ` and on (namespace, cronjob) kube_cronjob_status_active{namespace="${namespace}"} == 0`;

/** Description of an alert on `lastRunFailed`. */
export const failedDescription =
  "The last run of the CronJob {{ $labels.cronjob }} began {{ $value | humanizeDuration }} after its last success, " +
  "and did not succeed.";

/** Time since the last success of CronJobs, or since they were made, in seconds. `which` is a matcher of their names. */
export const sinceSuccess = (namespace: string, which: string): string => `time() - ${lastSuccess(namespace, which)}`;

/** Time of the last success of a CronJob, or of its creation if there was none. */
const lastSuccess = (namespace: string, which: string) =>
  `max by (namespace, cronjob) (kube_cronjob_status_last_successful_time{namespace="${namespace}",cronjob${which}}` +
  ` or on (namespace, cronjob) kube_cronjob_created{namespace="${namespace}",cronjob${which}})`;

/**
 * Alerts on the archive. The time of a base backup comes from the plugin: CloudNativePG's own
 * `cnpg_collector_last_available_backup_timestamp` stays at 0 with it.
 */
const cloudnativepgAlerts = (namespace: string, hours: number): Alert[] => [
  {
    name: "BackupTooOld",
    expr:
      `time() - max(barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{namespace="${namespace}"})` +
      ` > ${hours * 3600}`,
    for: "15m",
    severity: "critical",
    summary: "The newest base backup is older than promised.",
    description: "The last base backup was taken {{ $value | humanizeDuration }} ago.",
    threshold: `more than ${hours} h old`,
    heading: "Backup too old",
  },
  {
    name: "WalArchivingFailing",
    expr:
      `max by (pod) (cnpg_pg_stat_archiver_last_failed_time{namespace="${namespace}"}` +
      ` - cnpg_pg_stat_archiver_last_archived_time{namespace="${namespace}"}) > 0`,
    for: "5m",
    severity: "critical",
    summary: "The WAL is not archived: what is written now cannot be restored.",
    description:
      "On {{ $labels.pod }} archiving failed {{ $value | humanizeDuration }} after the last segment that was archived.",
    threshold: "the last attempt failed",
    heading: "WAL archiving failing",
  },
  {
    name: "WalArchivingHangs",
    // Segments are archived every minute at the latest. On an idle database none waits.
    expr:
      `max by (pod) (cnpg_pg_stat_archiver_seconds_since_last_archival{namespace="${namespace}"}) > 300` +
      ` and on (pod) cnpg_collector_pg_wal_archive_status{namespace="${namespace}",value="ready"} > 0`,
    for: "5m",
    severity: "critical",
    summary: "The WAL is not archived, without a failure: what is written now cannot be restored.",
    description:
      "On {{ $labels.pod }} a segment waits, and the last one was archived {{ $value | humanizeDuration }} ago.",
    threshold: "a segment waits, and none was archived for 5 minutes",
    heading: "WAL archiving hangs",
  },
  {
    name: "WalArchiveBacklog",
    expr: `max by (pod) (cnpg_collector_pg_wal_archive_status{namespace="${namespace}",value="ready"}) > 10`,
    for: "15m",
    severity: "critical",
    summary: "The WAL is archived too slowly, or archiving hangs.",
    description: "On {{ $labels.pod }} {{ $value }} segments of WAL wait to be archived.",
    threshold: "more than 10 segments wait",
    heading: "WAL archive backlog",
  },
];
