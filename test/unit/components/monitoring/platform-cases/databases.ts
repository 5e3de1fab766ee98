import type { AlertCases } from "../../../../support/alerts/alert-case";
import { appears, gauge, steady } from "../../../../support/alerts/levels";
import { critical, warning } from "./channels";

/** Cases of Redis. */
export const redisCases: AlertCases = {
  "RedisDown/critical": {
    ...critical,
    for: "2m",
    runbook: "every-system.md#redis-down",
    role: "cause",
    description: "redis_exporter reaches no Redis: redis_up is 0.",
    series: { 'redis_up{pod="a"}': gauge(1, 0), 'redis_up{pod="b"}': steady(0) },
  },
  "RedisMemoryHigh/warning": {
    ...warning,
    for: "5m",
    runbook: "every-system.md#redis-memory-high",
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

const down = {
  ...critical,
  for: "2m",
  runbook: "every-system.md#database-down",
  role: "cause",
  description: "0 servers of the database take writes.",
} as const;

/** Cases with the exporter of CloudNativePG. */
export const cloudnativepg: AlertCases = {
  "DatabaseDown/critical": {
    ...down,
    series: {
      'cnpg_collector_up{pod="pm-1"}': gauge(1, 0),
      'cnpg_pg_replication_in_recovery{pod="pm-1"}': gauge(0, "gone"),
      'cnpg_pg_replication_in_recovery{pod="pm-2"}': steady(1),
    },
    traps: [
      {
        title: "no pod is scraped",
        series: {
          'cnpg_collector_up{pod="pm-1"}': appears(0, 1, 1),
          'cnpg_pg_replication_in_recovery{pod="pm-1"}': appears(0, 0, 1),
        },
        description: "0 servers of the database take writes.",
      },
      { title: "it is about to be made", series: { 'cnpg_collector_up{pod="pm-1"}': steady(0) } },
      { title: "the stack has none yet", series: { 'cnpg_collector_up{pod="pm-1"}': gauge(1, "gone") } },
      {
        title: "a replica is away",
        series: {
          'cnpg_collector_up{pod="pm-1"}': steady(1),
          'cnpg_pg_replication_in_recovery{pod="pm-1"}': steady(0),
          'cnpg_collector_up{pod="pm-2"}': steady(0),
        },
      },
    ],
  },
  "ReplicationLagHigh/warning": {
    ...warning,
    for: "5m",
    runbook: "every-system.md#replication-lag-high",
    description: "pm-2 is 31s behind the primary.",
    labels: { pod: "pm-2" },
    series: { 'cnpg_pg_replication_lag{pod="pm-2"}': gauge(30, 31), 'cnpg_pg_replication_lag{pod="pm-1"}': steady(0) },
  },
  "DatabaseConnectionsHigh/warning": {
    ...warning,
    for: "5m",
    runbook: "every-system.md#database-connections-high",
    description: "81% of the connections that the database allows are in use.",
    labels: { pod: "pm-1" },
    series: {
      'cnpg_backends_total{pod="pm-1",datname="pm",state="active"}': gauge(50, 51),
      'cnpg_backends_total{pod="pm-1",datname="pm",state="idle"}': steady(30),
      'cnpg_pg_settings_setting{pod="pm-1",name="max_connections"}': steady(100),
      'cnpg_pg_settings_setting{pod="pm-1",name="shared_buffers"}': steady(16_384),
    },
  },
};

/** Cases with postgres_exporter, for a database that Runsheet does not run. */
export const postgresExporter: AlertCases = {
  "DatabaseDown/critical": { ...down, series: { pg_up: gauge(1, 0) } },
  "DatabaseConnectionsHigh/warning": {
    ...warning,
    for: "5m",
    runbook: "every-system.md#database-connections-high",
    description: "81% of the connections that the database allows are in use.",
    labels: { instance: "db:5432" },
    series: {
      'pg_stat_database_numbackends{instance="db:5432",datname="pm"}': gauge(50, 51),
      'pg_stat_database_numbackends{instance="db:5432",datname="other"}': steady(30),
      'pg_settings_max_connections{instance="db:5432"}': steady(100),
    },
  },
};
