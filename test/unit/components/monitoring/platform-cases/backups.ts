import type { AlertCases } from "../../../../support/alerts/alert-case";
import { gauge, secondsAgo, steady } from "../../../../support/alerts/levels";
import { critical, warning } from "./channels";
import { active, lastRun, succeeded } from "./cron-jobs";

/** Cases of dumps and restore tests, with any database. */
export const dumpCases: AlertCases = {
  "DumpTooOld/critical": {
    ...critical,
    for: "15m",
    runbook: "every-system.md#dump-too-old",
    description: "The CronJob pm-dump-scheduled succeeded last 1d 2h 1m 0s ago.",
    labels: { cronjob: "pm-dump-scheduled" },
    series: { [succeeded("pm-dump-scheduled")]: secondsAgo(93_600, 93_660) },
    traps: [
      {
        title: "never succeeded since it was made",
        series: { 'kube_cronjob_created{cronjob="pm-dump-scheduled"}': secondsAgo(0, 93_660) },
        description: "The CronJob pm-dump-scheduled succeeded last 1d 2h 1m 0s ago.",
      },
      { title: "another CronJob", series: { [succeeded("pm-refresh-views")]: secondsAgo(0, 93_660) } },
    ],
  },
  "RestoreTestFailed/warning": {
    ...warning,
    for: "5m",
    runbook: "every-system.md#restore-test-failed",
    description:
      "The last run of the CronJob pm-restore-test began 1h 5m 40s after its last success, and did not succeed.",
    labels: { cronjob: "pm-restore-test" },
    series: lastRun("pm-restore-test"),
    traps: [
      {
        title: "the run goes on",
        series: { ...lastRun("pm-restore-test"), [active("pm-restore-test")]: steady(1) },
      },
    ],
  },
  "RestoreTestTooOld/warning": {
    ...warning,
    for: "15m",
    runbook: "every-system.md#restore-test-too-old",
    description: "The CronJob pm-restore-test succeeded last 1d 8h 1m 0s ago.",
    labels: { cronjob: "pm-restore-test" },
    series: { [succeeded("pm-restore-test")]: secondsAgo(115_200, 115_260) },
    traps: [{ title: "another CronJob", series: { [succeeded("pm-refresh-views")]: secondsAgo(0, 115_260) } }],
  },
};

const lastArchival = (pod: string) => `cnpg_pg_stat_archiver_seconds_since_last_archival{pod="${pod}"}`;
const waiting = (pod: string) => `cnpg_collector_pg_wal_archive_status{pod="${pod}",value="ready"}`;

/** Cases of the archive of CloudNativePG. */
export const archiveCases: AlertCases = {
  "BackupTooOld/critical": {
    ...critical,
    for: "15m",
    runbook: "every-system.md#backup-too-old",
    description: "The last base backup was taken 7h 1m 0s ago.",
    series: {
      'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{pod="pm-1"}': secondsAgo(25_200, 25_260),
      'cnpg_collector_last_available_backup_timestamp{pod="pm-1"}': steady(0),
    },
  },
  "WalArchivingFailing/critical": {
    ...critical,
    for: "5m",
    runbook: "every-system.md#wal-archiving-failing",
    description: "On pm-1 archiving failed 5m 0s after the last segment that was archived.",
    labels: { pod: "pm-1" },
    series: {
      'cnpg_pg_stat_archiver_last_failed_time{pod="pm-1"}': gauge(1000, 1300),
      'cnpg_pg_stat_archiver_last_archived_time{pod="pm-1"}': steady(1000),
    },
    traps: [
      {
        title: "no segment was ever archived",
        series: {
          'cnpg_pg_stat_archiver_last_failed_time{pod="pm-1"}': steady(299),
          'cnpg_pg_stat_archiver_last_archived_time{pod="pm-1"}': steady(-1),
        },
        description: "On pm-1 archiving failed 5m 0s after the last segment that was archived.",
      },
    ],
  },
  "WalArchivingHangs/critical": {
    ...critical,
    for: "5m",
    runbook: "every-system.md#wal-archiving-hangs",
    description: "On pm-1 a segment waits, and the last one was archived 5m 1s ago.",
    labels: { pod: "pm-1" },
    series: { [lastArchival("pm-1")]: gauge(300, 301), [waiting("pm-1")]: steady(1) },
    traps: [
      {
        title: "an idle database, in which no segment waits",
        series: {
          [lastArchival("pm-1")]: steady(9000),
          [waiting("pm-1")]: steady(0),
          'cnpg_collector_pg_wal_archive_status{pod="pm-1",value="done"}': steady(64),
        },
      },
      {
        title: "segments of a replica wait for the primary",
        series: { [lastArchival("pm-1")]: steady(9000), [waiting("pm-1")]: steady(0), [waiting("pm-2")]: steady(9) },
      },
    ],
  },
  "WalArchiveBacklog/critical": {
    ...critical,
    for: "15m",
    runbook: "every-system.md#wal-archive-backlog",
    description: "On pm-1 11 segments of WAL wait to be archived.",
    labels: { pod: "pm-1" },
    series: {
      'cnpg_collector_pg_wal_archive_status{pod="pm-1",value="ready"}': gauge(10, 11),
      'cnpg_collector_pg_wal_archive_status{pod="pm-1",value="done"}': steady(64),
    },
  },
};
