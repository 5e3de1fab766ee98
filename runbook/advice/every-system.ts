/** Advice on the alerts that every system has. */
import type { AdviceByName } from "./advice";

export const everySystem: AdviceByName = {
  BackupTooOld: {
    look: "`kubectl get backups,scheduledbackups`, and the log of the primary's container `plugin-barman-cloud`: the error of the last base backup is in both.",
    back: "A base backup that succeeds. Mend its cause (bucket, key, space), and make one with `kubectl cnpg backup`, or wait for the schedule.",
  },
  WalArchivingFailing: {
    look: "The log of the primary's container `plugin-barman-cloud`: the object store's answer is there. Then the bucket: is it reachable, full, and is the key still valid?",
    back: "The next segment that is archived. PostgreSQL tries again by itself and keeps every segment until then, so watch the volume's free space.",
  },
  WalArchivingHangs: {
    look: "The log of the primary's container `plugin-barman-cloud`, and whether the object store answers at all: nothing failed, and nothing came to an end.",
    back: "The next segment that is archived. If the plugin hangs, delete the primary's pod: a replica takes over, or the pod comes back.",
  },
  WalArchiveBacklog: {
    look: "How fast the number falls (panel `WAL that waits for the archive`), what writes so much, and how fast the object store takes it.",
    back: "At most 10 segments that wait. Let the bulk load end; if the store is slow, mend that.",
  },
  DumpTooOld: {
    look: "`kubectl get jobs`, and the log of the last one of the CronJob that the alert names. No Job at all: is the CronJob suspended?",
    back: "A dump that succeeds: `kubectl create job --from=cronjob/NAME NAME-by-hand`. If the CronJob is suspended, find out why, and resume it.",
  },
  RestoreTestFailed: {
    look: "The log of the last Job of the CronJob: it says whether the backup could not be fetched, restored, or verified.",
    back: "A restore test that succeeds: `kubectl create job --from=cronjob/NAME NAME-by-hand`. Until then no backup is known to be good, so change nothing that needs one.",
  },
  RestoreTestTooOld: {
    look: "`kubectl get cronjobs`: is it suspended, and when did it run last? Then the log of its last Job.",
    back: "A restore test that succeeds: `kubectl create job --from=cronjob/NAME NAME-by-hand`.",
  },
  DatabaseDown: {
    look: "With CloudNativePG `kubectl get clusters,pods` and `kubectl describe cluster`: phase, primary, why a pod does not start (volume full, no node). Elsewhere: the server, the network, and the log of the postgres_exporter.",
    back: "A primary that answers. A replica is promoted by itself. If the data is lost, [restore](../recovery.md#restore-a-database).",
  },
  ReplicationLagHigh: {
    look: "The panel `Replication lag`: does it grow? A long query on the replica, a bulk load, or a slow volume hold it back.",
    back: "A lag of at most 30 s. End what holds it back; a replica that cannot catch up is made anew when its pod and its volume are deleted.",
  },
  DatabaseConnectionsHigh: {
    look: "`SELECT usename, application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2, 3`: who has them, and are they idle?",
    back: "At most 80 % in use. Restart what leaks them, lower its pool or its replicas, or raise `max_connections` in `SYSTEM:postgres.parameters`.",
  },
  RedisDown: {
    look: "`kubectl get pods` and the log of Redis (killed for its memory, volume full), or the server if it is elsewhere. The exporter's log says why it does not get in.",
    back: "A Redis that answers. What was queued without persistence is lost: OmniOps puts it back as [its guide says](../systems.md#omniops).",
  },
  RedisMemoryHigh: {
    look: "`redis-cli INFO memory`, and `redis-cli --bigkeys`: a queue that nobody empties, or keys without an end.",
    back: "At most 90 % of maxmemory. Get the workers to run again, delete what is not needed, or raise maxmemory.",
  },
  WorkloadUnavailable: {
    look: "`kubectl get pods` and `kubectl describe pod`: image, probes, memory, no node with room. Then the log of the container, with `--previous` if it has restarted.",
    back: "One pod that is available. If it began with a release, [go back to the one before](../recovery.md#go-back-to-an-earlier-release).",
  },
  RolloutStuck: {
    look: "`kubectl rollout status deployment/NAME` and `kubectl describe pod` of the newest pod: it does not become ready. The pods of the release before go on serving.",
    back: "A rollout that ends: mend the cause and run `up`, or [go back](../recovery.md#go-back-to-an-earlier-release).",
  },
  PodCrashLooping: {
    look: "`kubectl logs POD -c CONTAINER --previous`, and the reason and the exit code of its last end in `kubectl describe pod`.",
    back: "A container that keeps running for some minutes. Mend its configuration and run `up`, or go back to the release before.",
  },
  VolumeFullInFourHours: {
    look: "What grows: WAL that is not archived (is `WalArchivingFailing` firing?), a bulk load, a table, Redis' file.",
    back: "A forecast that is above zero. Stop what writes so much, or [enlarge the volume](../configuration-guide.md#the-size-of-a-volume).",
  },
  MetricsMissing: {
    look: "The target in Prometheus (`/targets`) has the error: no answer, 401, 404. An application without metrics gets `scrape: false` in `SYSTEM:workloads.NAME.metrics`. `kube-state-metrics` is named if nothing tells of the system's Deployments: is it there, and does its monitor have `honorLabels: true`?",
    back: "One pod of the target that gives its metrics. Correct the path, the port or the token there, or mend the exporter.",
  },
  JobFailed: {
    look: "The log of the Job's pod. The last lines are also in the error of the `up` that ran it.",
    back: "The next `up`, which runs the task again. Mend the cause first.",
  },
  CronJobFailed: {
    look: "`kubectl get jobs`, and the log of the last one of the CronJob that the alert names.",
    back: "A run that succeeds: the next one by the schedule, or `kubectl create job --from=cronjob/NAME NAME-by-hand`.",
  },
  MaintenanceModeOnTooLong: {
    look: "Has an `up` stopped in this system? Its output says in which step, and where the system stands.",
    back: "The mode switched off by the `up` that succeeds. Mend the cause and run it again; it is off only once everything after it has passed.",
  },
  DriftFound: {
    look: "`npm run drift -- --stack NAME`: what was changed, which fields from what to what, by whom and when. The hourly workflow's issue has the same.",
    back: "A search that finds nothing, with its metric written. [What an `up` does](../drift.md#what-is-looked-at-and-what-an-up-does-about-it) depends on the edit; one that is to stay goes into the configuration first.",
  },
  DriftNotSearched: {
    look: "The runs of the drift workflow, or of what schedules `npm run drift`: does it still start, and why did it end? A search that failed, or that ran beside an update, writes no metric.",
    back: "A search that sees everything, with its metric written. A lock that a killed `up` left is removed by `pulumi cancel`.",
  },
  DrillOverdue: {
    look: "`npm run drill -- history --stack NAME`: when the last drill was, and what is due. Then the runs of the drill workflow: does it still start, and what ended it?",
    back: "A drill that succeeds ([how](../drills.md)), and its metric written after it.",
  },
  DrillFailed: {
    look: "The report of the last drill in `reports/`: the step that failed, or the limit that it missed. Until it is mended, a real recovery would fail, or last as long.",
    back: "A drill that succeeds within its limits ([how](../drills.md)), and its metric written after it.",
  },
  CertificateExpiresSoon: {
    look: "Who renews it. With cert-manager: `kubectl get certificates,challenges`, and their events.",
    back: "A certificate with enough time, served at that address: renew it, and see that the ingress has taken it.",
  },
};
