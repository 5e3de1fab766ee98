import type { AlertCases } from "../../../../support/alerts/alert-case";
import { gauge, steady } from "../../../../support/alerts/levels";
import { critical, warning } from "./channels";

/** Cases of Redis. */
export const redisCases: AlertCases = {
  "RedisDown/critical": {
    ...critical,
    for: "2m",
    runbook: "pm.md#redis-down",
    role: "cause",
    description: "redis_exporter reaches no Redis: redis_up is 0.",
    series: { redis_up: gauge(1, 0) },
  },
  "RedisMemoryHigh/warning": {
    ...warning,
    for: "5m",
    runbook: "pm.md#redis-memory-high",
    description: "Redis uses 91% of its maxmemory.",
    labels: { pod: "pm-redis-0" },
    series: {
      'redis_memory_used_bytes{pod="pm-redis-0"}': gauge(900, 910),
      'redis_memory_max_bytes{pod="pm-redis-0"}': steady(1000),
    },
    traps: [
      {
        title: "no limit is set",
        series: { redis_memory_used_bytes: steady(1000), redis_memory_max_bytes: steady(0) },
      },
    ],
  },
};

/** Cases with the exporter of CloudNativePG. */
export const cloudnativepg: AlertCases = {
  "ReplicationLagHigh/warning": {
    ...warning,
    for: "5m",
    runbook: "pm.md#replication-lag-high",
    description: "pm-2 is 31s behind the primary.",
    labels: { pod: "pm-2" },
    series: { 'cnpg_pg_replication_lag{pod="pm-2"}': gauge(30, 31), 'cnpg_pg_replication_lag{pod="pm-1"}': steady(0) },
  },
  "DatabaseConnectionsHigh/warning": {
    ...warning,
    for: "5m",
    runbook: "pm.md#database-connections-high",
    description: "81% of the connections that the database allows are in use.",
    labels: { pod: "pm-1" },
    series: {
      'cnpg_backends_total{pod="pm-1",datname="pm",state="active"}': gauge(50, 51),
      'cnpg_backends_total{pod="pm-1",datname="pm",state="idle"}': steady(30),
      'cnpg_pg_settings_setting{pod="pm-1",name="max_connections"}': steady(100),
      'cnpg_pg_settings_setting{pod="pm-1",name="max_wal_senders"}': steady(10),
    },
  },
};

/** Cases with postgres_exporter, for a database that Runsheet does not run. */
export const postgresExporter: AlertCases = {
  "DatabaseConnectionsHigh/warning": {
    ...warning,
    for: "5m",
    runbook: "pm.md#database-connections-high",
    description: "81% of the connections that the database allows are in use.",
    labels: { instance: "db:5432" },
    series: {
      'pg_stat_activity_count{instance="db:5432",datname="pm",state="active"}': gauge(50, 51),
      'pg_stat_activity_count{instance="db:5432",datname="other",state="idle"}': steady(30),
      'pg_settings_max_connections{instance="db:5432"}': steady(100),
    },
  },
};
