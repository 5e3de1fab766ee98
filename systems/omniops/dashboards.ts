/** Dashboard of "Phase 4 Deployment Guide: Monitoring Setup". */
import type { Dashboard, Row } from "../../components/monitoring/dashboard";
import { perSecond, quantile, selected, share } from "../../components/monitoring/dashboard-queries";
import { databaseRow, podsRow, redisRow } from "../../components/monitoring/dashboard-rows";

/**
 * Returns the "Phase 4 Performance Dashboard", which the guide has for Datadog. The metrics of Prometheus have the
 * guide's names with "_" for ".", and the units that Prometheus asks for.
 */
export const omniopsDashboards = (namespace: string): readonly Dashboard[] => [
  {
    uid: "omniops-phase4-performance",
    title: "OmniOps: Phase 4 Performance Dashboard",
    description: "Phase 4 Deployment Guide: Monitoring Setup. The widgets of Datadog's dashboard, and the alert rules.",
    tags: ["omniops"],
    namespaces: [namespace],
    rows: [widgets, alertRules, service, queue, podsRow, databaseRow, redisRow],
  },
];

const mlApiErrors = share(perSecond("omniops_ml_api_errors_total"), perSecond("omniops_ml_api_requests_total"));
const phase4Errors = share(perSecond("omniops_phase4_errors_total"), perSecond("omniops_phase4_requests_total"));

/** Widgets of "Phase 4 Performance Dashboard", in its order. */
const widgets: Row = {
  title: "Phase 4 Performance Dashboard",
  panels: [
    {
      kind: "timeseries",
      title: "Sentiment Analysis Latency",
      description: "omniops.sentiment.latency, p95. The threshold is 1000 ms.",
      unit: "milliseconds",
      queries: [{ expression: `1000 * ${quantile(0.95, "omniops_sentiment_latency_seconds")}`, legend: "p95" }],
      thresholds: { bad: "above", critical: 1000 },
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "ML API Error Rate",
      description: "omniops.ml_api.errors, rate. The threshold 0.005 is a ratio: 0.5 % of the requests.",
      unit: "ratio",
      queries: [{ expression: mlApiErrors, legend: "failed" }],
      thresholds: { bad: "above", critical: 0.005 },
      reachesAtLeast: 0.01,
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Queue Lag",
      description: "omniops.queue.lag, max: the age of the oldest job that waits. The threshold is 30 s.",
      unit: "seconds",
      queries: [{ expression: `max(${selected("omniops_queue_lag_seconds")})`, legend: "max" }],
      thresholds: { bad: "above", critical: 30 },
      minimum: 0,
    },
  ],
};

/** Metrics of "Alert Rules" with their thresholds. */
const alertRules: Row = {
  title: "Alert Rules",
  panels: [
    {
      kind: "timeseries",
      title: "Phase 4 Error Rate Critical",
      description: "omniops.phase4.errors. Critical from 1.0 on for 5 minutes; this threshold is in per cent.",
      unit: "percent",
      queries: [{ expression: `100 * ${phase4Errors}`, legend: "failed" }],
      thresholds: { bad: "above", critical: 1 },
      reachesAtLeast: 2,
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "ML API Unavailable",
      description: "omniops.ml_api.availability, over the pods that had requests. Critical below 0.95 for 2 minutes.",
      unit: "ratio",
      queries: [{ expression: `avg(${selected("omniops_ml_api_availability")} >= 0)`, legend: "available" }],
      thresholds: { bad: "below", critical: 0.95 },
      maximum: 1,
    },
    {
      kind: "timeseries",
      title: "Cost Spike",
      description:
        "omniops.ml_api.cost_daily: the cost since 00:00 UTC. Each pod measures the same. A warning above 1200 for 1 hour.",
      unit: "dollars",
      queries: [{ expression: `max(${selected("omniops_ml_api_cost_daily")})`, legend: "today" }],
      thresholds: { bad: "above", warning: 1200 },
      minimum: 0,
    },
  ],
};

const increase = (metric: string) => `sum(increase(${selected(metric)}[$__range]))`;
const served = share(
  `(${increase("omniops_phase4_requests_total")} - ${increase("omniops_phase4_errors_total")})`,
  increase("omniops_phase4_requests_total"),
);

/** Objective of "Recovery Time Objectives": 99.9 % uptime. */
const service: Row = {
  title: "Service availability: 99.9% uptime",
  height: 5,
  panels: [
    {
      kind: "stat",
      title: "Served in this period",
      description:
        "Share of the requests of Phase 4 that were no errors, in the period that is shown. At least 99.9 %.",
      unit: "ratio",
      queries: [{ expression: served, legend: "served" }],
      thresholds: { bad: "below", critical: 0.999 },
      decimals: 3,
      width: 6,
    },
    {
      kind: "timeseries",
      title: "Requests of Phase 4",
      description: "Requests that were answered, and those of them that were errors.",
      unit: "requests per second",
      queries: [
        { expression: perSecond("omniops_phase4_requests_total"), legend: "answered" },
        { expression: perSecond("omniops_phase4_errors_total"), legend: "errors" },
      ],
      minimum: 0,
    },
  ],
};

/** The queue of the analyses. */
const queue: Row = {
  title: "Queue",
  panels: [
    {
      kind: "timeseries",
      title: "Jobs that wait",
      description: "Depth of each queue. Each pod measures the same queue.",
      unit: "count",
      queries: [{ expression: `max by (queue) (${selected("queue_depth")})`, legend: "{{queue}}" }],
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Requests to the ML API",
      description: "Requests to the ML API, and those of them that failed.",
      unit: "requests per second",
      queries: [
        { expression: perSecond("omniops_ml_api_requests_total"), legend: "requests" },
        { expression: perSecond("omniops_ml_api_errors_total"), legend: "failed" },
      ],
      minimum: 0,
    },
  ],
};
