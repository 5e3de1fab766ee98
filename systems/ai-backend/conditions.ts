/** Conditions of the AI Backend's alerts and objectives, in PromQL. */
import type { Counted } from "../../components/monitoring/burn-rate";

/** Matchers of the users' requests: probes and scrapes would lower an error rate. */
export const ofUsers = (namespace: string): string =>
  `namespace="${namespace}",route!~"/(live|ready|metrics|health(/.*)?)"`;

/** Requests that failed, by a counter. */
export const failures = (namespace: string, metric: string): Counted => ({
  bad: (window) => `sum(rate(${metric}{${ofUsers(namespace)},status=~"5.."}[${window}]))`,
  all: (window) => `sum(rate(${metric}{${ofUsers(namespace)}}[${window}]))`,
});

/** Share of its memory limit that each container uses, from 0 to 1. PostgreSQL's has the cache of its files. */
export const memoryUsage = (namespace: string): string =>
  `max by (pod, container) (container_memory_working_set_bytes{namespace="${namespace}",container!~"|postgres"})` +
  ` / max by (pod, container) (kube_pod_container_resource_limits{namespace="${namespace}",resource="memory"})`;

/** Hit rate of the cache, where it is known. */
export const cacheHitRate = (namespace: string): string =>
  `avg(ai_backend_cache_hit_rate{namespace="${namespace}"} >= 0)`;

/** Condition that users ask something: without a request there is no rate. */
export const isAsked = (namespace: string): string =>
  `sum(ai_backend_requests_per_minute{namespace="${namespace}"}) > 0`;

/** Number of healthy pods, also when none is scraped: for three days after one was. A stack that is being made has none yet. */
export const healthyPods = (namespace: string): string =>
  `(count(ai_backend_health_status{namespace="${namespace}"} == 1)` +
  ` or 0 * count(max_over_time(ai_backend_health_status{namespace="${namespace}"}[3d]) == 1))`;

/** 0 while a pod does not reach the database. */
export const databaseHealth = (namespace: string): string =>
  `min(ai_backend_component_health{namespace="${namespace}",component="database"})`;

/** Accuracy of each model, the least of all pods. */
export const modelAccuracy = (namespace: string): string =>
  `min without (pod, instance, container, endpoint, job, service)` +
  ` (ai_backend_model_accuracy{namespace="${namespace}"})`;
