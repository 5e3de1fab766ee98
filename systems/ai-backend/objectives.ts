/**
 * The seven objectives of the "AI Backend Deployment Guide: Monitoring and Alerting": the five of "Key Metrics to
 * Monitor", and that the service and the database are there.
 */
import type { Counted, Objective } from "../../components/monitoring/burn-rate";
import {
  cacheHitRate,
  databaseHealth,
  failures,
  healthyPods,
  isAsked,
  memoryUsage,
  modelAccuracy,
  ofUsers,
} from "./conditions";

/**
 * Share of the time in which what is not a share of requests has to hold. It is Runsheet's: of a rate that must be above
 * 80 % the error budget would be so large that it could not be used up fast.
 */
const target = 0.99;

const critical = { fast: "critical", slow: "warning" } as const;
const warning = { fast: "warning", slow: "info" } as const;
const info = { fast: "info", slow: "info" } as const;

export const aiBackendObjectives = (
  namespace: string,
  latencyMetric: string,
  requestsMetric: string,
): readonly Objective[] => [
  {
    name: "response-time",
    // "95th percentile < 2s".
    target: 0.95,
    bad: "the requests took more than 2 s",
    severity: warning,
    measured: slow(ofUsers(namespace), latencyMetric),
    heading: "Key Metrics to Monitor",
  },
  {
    name: "error-rate",
    target: 0.99,
    bad: "the requests failed",
    severity: warning,
    measured: failures(namespace, requestsMetric),
    heading: "Key Metrics to Monitor",
  },
  {
    name: "memory-usage",
    target,
    bad: "the time a container used more than 80 % of its memory limit",
    severity: warning,
    measured: { badWhile: `max(${memoryUsage(namespace)}) > bool 0.8` },
    heading: "Key Metrics to Monitor",
  },
  {
    name: "cache-hit-rate",
    target,
    bad: "the time the cache hit rate was below 80 %",
    severity: warning,
    measured: { badWhile: `${cacheHitRate(namespace)} < bool 0.8 and ${isAsked(namespace)}` },
    heading: "Key Metrics to Monitor",
  },
  {
    name: "model-accuracy",
    target,
    bad: "the time the accuracy of a model was below 70 %",
    severity: info,
    measured: { badWhile: `min(${modelAccuracy(namespace)}) < bool 0.7` },
    heading: "Key Metrics to Monitor",
  },
  {
    name: "service",
    target,
    bad: "the time the service was down",
    severity: critical,
    measured: { badWhile: `${healthyPods(namespace)} == bool 0` },
    heading: "Alert Thresholds",
  },
  {
    name: "database",
    target,
    bad: "the time the database was unreachable",
    severity: critical,
    measured: { badWhile: `${databaseHealth(namespace)} == bool 0` },
    heading: "Alert Thresholds",
  },
];

/** Requests that took more than two seconds. Client libraries write the bound as 2 or as 2.0. */
function slow(matchers: string, metric: string): Counted {
  const all = (window: string) => `sum(rate(${metric}_count{${matchers}}[${window}]))`;
  const bad = (window: string) =>
    `(${all(window)} - sum(rate(${metric}_bucket{${matchers},le=~"2(\\\\.0)?"}[${window}])))`;
  return { bad, all };
}
