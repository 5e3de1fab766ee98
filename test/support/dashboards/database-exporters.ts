/** Samples of PostgreSQL and Redis. */
import { constant, counter, latestOf, metric, wave, type Exporter, type Labels, type Shape } from "./sample";
import { sampleSystems } from "./systems";

const MiB = 2 ** 20;
const systems = Object.entries(sampleSystems);
const [hour, day] = [3600, 86_400];

const server = (name: string, namespace: string): Labels => ({
  namespace,
  pod: `${name}-postgresql-1`,
  container: "postgres",
  job: `${namespace}/${name}-postgresql`,
});
/** Labels of the primary of each system. */
export const servers = systems.map(([name, { namespace }]) => server(name, namespace));
const named = (labels: Labels) => ({ ...labels, datname: labels.pod!.replace(/-postgresql-1$/, "") });

const states = ["active", "idle", "idle in transaction"];

const cloudnativepg: Exporter = {
  name: "CloudNativePG",
  source: "cloudnative-pg/cloudnative-pg: config/manager/default-monitoring.yaml, docs/src/monitoring.md",
  series: [
    ...servers.flatMap((labels, at) => {
      const backends = states.map((state) => ({ ...named(labels), state, usename: "app", application_name: "" }));
      return [
        ...metric("cnpg_backends_total", backends, (_, index) => wave(6 + 4 * index, 2, at)),
        ...metric("cnpg_backends_max_tx_duration_seconds", backends, () => wave(0.4, 0.3, at)),
        ...metric("cnpg_pg_settings_setting", [{ ...labels, name: "max_connections" }], () => constant(100)),
        ...metric("cnpg_pg_database_size_bytes", [named(labels)], () => wave((200 + 90 * at) * MiB, 3 * MiB, at)),
        ...metric("cnpg_pg_database_xid_age", [named(labels)], () => counter(0.02)),
        ...metric(
          "cnpg_pg_replication_lag",
          [labels, { ...labels, pod: labels.pod!.replace(/1$/, "2") }],
          (_, index) => (index === 0 ? constant(0) : wave(0.4, 0.3, at)),
        ),
        ...metric("cnpg_pg_stat_archiver_seconds_since_last_archival", [labels], () => since(latestOf(300, 17 * at))),
        ...metric("cnpg_pg_stat_archiver_failed_count", [labels], () => constant(0)),
        ...metric("cnpg_collector_pg_wal_archive_status", [{ ...labels, value: "ready" }], () => constant(at % 2)),
      ];
    }),
  ],
};

const barmanPlugin: Exporter = {
  name: "Barman Cloud plugin of CloudNativePG",
  source: "cloudnative-pg/plugin-barman-cloud: web/docs/observability.md",
  series: [
    ...metric("barman_cloud_cloudnative_pg_io_last_available_backup_timestamp", servers, (_, at) =>
      latestOf(6 * hour, 60 * at),
    ),
    ...metric("barman_cloud_cloudnative_pg_io_last_failed_backup_timestamp", servers, () => constant(0)),
    ...metric("barman_cloud_cloudnative_pg_io_first_recoverability_point", servers, () => latestOf(30 * day)),
  ],
};

const postgresExporter: Exporter = {
  name: "postgres_exporter",
  source:
    "prometheus-community/postgres_exporter: collector/pg_database.go, pg_stat_database.go, pg_replication.go, pg_settings.go",
  series: [
    // No system of the samples has an external database.
    ...[
      "pg_stat_database_numbackends",
      "pg_settings_max_connections",
      "pg_database_size_bytes",
      "pg_replication_lag_seconds",
    ],
  ].map((name) => ({ name, labels: { namespace: "elsewhere" }, at: constant(1) })),
};

const redisPods = systems
  .filter(([, { redis }]) => redis)
  .map(([name, { namespace }]) => ({ namespace, pod: `${name}-redis-0`, container: "exporter" }));

const redisExporter: Exporter = {
  name: "redis_exporter",
  source: "oliver006/redis_exporter: exporter/exporter.go",
  series: [
    ...metric("redis_memory_used_bytes", redisPods, (_, at) => wave(40 * MiB, 9 * MiB, at)),
    ...metric("redis_memory_max_bytes", redisPods, () => constant(128 * MiB)),
    ...metric("redis_evicted_keys_total", redisPods, () => constant(0)),
    ...metric("redis_connected_clients", redisPods, (_, at) => wave(12, 2, at)),
  ],
};

export const databaseExporters: readonly Exporter[] = [cloudnativepg, barmanPlugin, postgresExporter, redisExporter];

function since(moment: Shape): Shape {
  return (time) => time - moment(time);
}
