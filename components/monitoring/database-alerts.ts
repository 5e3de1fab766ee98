/** Alerts on PostgreSQL and Redis. */
import type { Alert } from "./alert";

/** Source of the database's metrics: CloudNativePG's own exporter, or postgres_exporter for a server of others. */
export type DatabaseExporter = "cloudnativepg" | "postgres_exporter";

export const databaseAlerts = (namespace: string, exporter: DatabaseExporter): Alert[] => [
  {
    name: "DatabaseDown",
    expr: `${primaries[exporter](`namespace="${namespace}"`)} == 0`,
    for: "2m",
    severity: "critical",
    summary: "No server of the database takes writes.",
    description: "{{ $value }} servers of the database take writes.",
    threshold: "no primary answers",
    heading: "Database down",
    role: "cause",
  },
  ...(exporter === "cloudnativepg" ? replicationAlerts(namespace) : []),
  {
    name: "DatabaseConnectionsHigh",
    expr: `${connectionsUsed[exporter](`namespace="${namespace}"`)} > 0.8`,
    for: "5m",
    severity: "warning",
    summary: "The database is near its greatest number of connections.",
    description: "{{ $value | humanizePercentage }} of the connections that the database allows are in use.",
    threshold: "above 80 % of max_connections",
    heading: "Database connections high",
  },
  {
    name: "RedisDown",
    expr: `max(redis_up{namespace="${namespace}"}) == 0`,
    for: "2m",
    severity: "critical",
    summary: "Redis does not answer.",
    description: "redis_exporter reaches no Redis: redis_up is {{ $value }}.",
    threshold: "no answer",
    heading: "Redis down",
    role: "cause",
  },
  {
    name: "RedisMemoryHigh",
    expr:
      `redis_memory_used_bytes{namespace="${namespace}"}` +
      ` / (redis_memory_max_bytes{namespace="${namespace}"} > 0) > 0.9`,
    for: "5m",
    severity: "warning",
    summary: "Redis is near its memory limit: it will refuse writes, or evict keys.",
    description: "Redis uses {{ $value | humanizePercentage }} of its maxmemory.",
    threshold: "above 90 % of maxmemory",
    heading: "Redis memory high",
  },
];

/**
 * Number of servers that take writes. CloudNativePG's pods may be away with their metrics: they count for three days after one
 * of them was up, so that a database that is about to be made is not one that is down.
 */
const primaries: Readonly<Record<DatabaseExporter, (of: string) => string>> = {
  cloudnativepg: (of) =>
    `(count(cnpg_pg_replication_in_recovery{${of}} == 0)` +
    ` or 0 * count(max_over_time(cnpg_collector_up{${of}}[3d]) == 1))`,
  postgres_exporter: (of) => `max(pg_up{${of}})`,
};

/**
 * Share of the allowed connections that are open, by server. postgres_exporter's `pg_stat_activity_count` would lack those
 * of roles that its own may not see.
 */
const connectionsUsed: Readonly<Record<DatabaseExporter, (of: string) => string>> = {
  cloudnativepg: (of) =>
    `sum by (pod) (cnpg_backends_total{${of}})` +
    ` / max by (pod) (cnpg_pg_settings_setting{${of},name="max_connections"})`,
  postgres_exporter: (of) =>
    `sum by (instance) (pg_stat_database_numbackends{${of}}) / max by (instance) (pg_settings_max_connections{${of}})`,
};

const replicationAlerts = (namespace: string): Alert[] => [
  {
    name: "ReplicationLagHigh",
    expr: `max by (pod) (cnpg_pg_replication_lag{namespace="${namespace}"}) > 30`,
    for: "5m",
    severity: "warning",
    summary: "A replica of the database lags behind: a failover would take longer, or lose data.",
    description: "{{ $labels.pod }} is {{ $value | humanizeDuration }} behind the primary.",
    threshold: "above 30 s",
    heading: "Replication lag high",
  },
];
