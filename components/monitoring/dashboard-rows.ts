/** Rows that the dashboards of all systems share: pods, PostgreSQL, Redis. */
import type { Panel, Row } from "./dashboard";
import { perSecond, selected } from "./dashboard-queries";

/** Pods of a system: by kube-state-metrics, and by the kubelet's cAdvisor. */
export const podsRow: Row = {
  title: "Pods",
  panels: [
    {
      kind: "timeseries",
      title: "Pods available",
      description: "Share of the wanted pods of each Deployment that are available.",
      unit: "ratio",
      queries: [
        {
          expression: shareOfPods("kube_deployment_status_replicas_available"),
          legend: "{{deployment}}",
        },
      ],
      thresholds: { bad: "below", warning: 1 },
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Restarts",
      description: "Restarts of containers in the period that is shown.",
      unit: "count",
      queries: [
        {
          expression: `sum by (container) (increase(${selected("kube_pod_container_status_restarts_total")}[$__range]))`,
          legend: "{{container}}",
        },
      ],
      thresholds: { bad: "above", warning: 1 },
      minimum: 0,
    },
    memoryPanel(0.8, 0.9, "Memory in use, as a share of the container's limit. The kernel ends a container at 100 %."),
    {
      kind: "timeseries",
      title: "CPU",
      description: "CPU time of the containers, in cores.",
      unit: "count",
      queries: [
        {
          expression: perSecond("container_cpu_usage_seconds_total", ['container!=""'], ["container"]),
          legend: "{{container}}",
        },
      ],
      minimum: 0,
    },
  ],
};

/**
 * Returns the panel of the containers' memory.
 * @param warning share from 0 to 1. `critical` likewise, undefined for none
 */
export function memoryPanel(warning: number, critical: number | undefined, description: string): Panel {
  const perContainer = (metric: string, matcher: string) =>
    `max by (namespace, pod, container) (${selected(metric, matcher)})`;
  return {
    kind: "timeseries",
    title: "Memory",
    description,
    unit: "ratio",
    queries: [
      {
        expression: `max by (container) (${perContainer("container_memory_working_set_bytes", 'container!=""')} / on (namespace, pod, container) ${perContainer("kube_pod_container_resource_limits", 'resource="memory"')})`,
        legend: "{{container}}",
      },
    ],
    thresholds: { bad: "above", warning, critical },
    minimum: 0,
  };
}

/** Returns the share of the wanted pods of each Deployment that a metric of kube-state-metrics counts. */
export function shareOfPods(metric: string): string {
  const pods = (name: string) => `max by (namespace, deployment) (${selected(name)})`;
  return `${pods(metric)} / (${pods("kube_deployment_spec_replicas")} > 0)`;
}

const perServer = (metric: string, ...matchers: string[]) =>
  `max by (namespace, pod) (${selected(metric, ...matchers)})`;

/** Share of the allowed connections that are open, by server: CloudNativePG's exporter, else postgres_exporter. */
export const connectionsShare = [
  `sum by (namespace, pod) (${selected("cnpg_backends_total")}) / on (namespace, pod) ${perServer("cnpg_pg_settings_setting", 'name="max_connections"')}`,
  `sum by (namespace, pod) (${selected("pg_stat_database_numbackends")}) / on (namespace, pod) ${perServer("pg_settings_max_connections")}`,
].join(" or ");

const notTemplates = 'datname!~"template.|postgres"';

/** Size of each database, by the same exporters. */
export const databaseSizes = `max by (namespace, datname) (${selected("cnpg_pg_database_size_bytes", notTemplates)} or ${selected("pg_database_size_bytes", notTemplates)})`;

/** Seconds that each server is behind the primary, by the same exporters. */
export const replicationLags = `max by (namespace, pod) (${selected("cnpg_pg_replication_lag")} or ${selected("pg_replication_lag_seconds")})`;

/** PostgreSQL of a system. */
export const databaseRow: Row = {
  title: "PostgreSQL",
  panels: [
    {
      kind: "timeseries",
      title: "Database connections",
      description: "Open connections as a share of max_connections, by server. The limit of a warning is 80 %.",
      unit: "ratio",
      queries: [{ expression: connectionsShare, legend: "{{pod}}" }],
      thresholds: { bad: "above", warning: 0.8 },
      minimum: 0,
      maximum: 1,
    },
    {
      kind: "timeseries",
      title: "Database size",
      description: "Disk space of each database.",
      unit: "bytes",
      queries: [{ expression: databaseSizes, legend: "{{datname}}" }],
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Replication lag",
      description: "Time that each server is behind the primary. It is 0 on the primary.",
      unit: "seconds",
      queries: [{ expression: replicationLags, legend: "{{pod}}" }],
      thresholds: { bad: "above", warning: 30 },
      minimum: 0,
    },
  ],
};

/** Redis of a system, by redis_exporter. */
export const redisRow: Row = {
  title: "Redis",
  panels: [
    {
      kind: "timeseries",
      title: "Redis memory",
      description: "Memory in use, and the limit maxmemory. A limit of 0 is none.",
      unit: "bytes",
      queries: [
        { expression: `max by (namespace) (${selected("redis_memory_used_bytes")})`, legend: "used" },
        { expression: `max by (namespace) (${selected("redis_memory_max_bytes")})`, legend: "limit" },
      ],
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Evicted keys",
      description: "Keys that Redis has removed for want of memory. A queue must lose none.",
      unit: "per second",
      queries: [{ expression: perSecond("redis_evicted_keys_total"), legend: "evicted" }],
      thresholds: { bad: "above", warning: 0.001 },
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Redis clients",
      description: "Connections to Redis.",
      unit: "count",
      queries: [{ expression: `sum by (namespace) (${selected("redis_connected_clients")})`, legend: "clients" }],
      minimum: 0,
    },
  ],
};
