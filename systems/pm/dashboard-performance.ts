/** Rows of "Performance metrics dashboard" and "User activity dashboard". */
import type { ChartPanel, Row } from "../../components/monitoring/dashboard";
import { perSecond, quantile, selected } from "../../components/monitoring/dashboard-queries";

const milliseconds = (share: number) => quantile(share, "pm_request_duration_ms");

/** Response time with the limits of both alerts: warning above 2000 ms, critical above 5000 ms. */
export const responseTime: ChartPanel = {
  kind: "timeseries",
  title: "Response time P95",
  description: "pm_request_duration_ms. Warning above 2000 ms for 10 minutes, critical above 5000 ms for 5 minutes.",
  unit: "milliseconds",
  queries: [{ expression: milliseconds(0.95), legend: "p95" }],
  thresholds: { bad: "above", warning: 2000, critical: 5000 },
  minimum: 0,
};

/** Requests that the API has answered. */
export const requests: ChartPanel = {
  kind: "timeseries",
  title: "Requests",
  description: "pm_requests_total and pm_errors_total, of all pods.",
  unit: "requests per second",
  queries: [
    { expression: perSecond("pm_requests_total"), legend: "requests" },
    { expression: perSecond("pm_errors_total"), legend: "errors" },
  ],
  minimum: 0,
};

/** Rows of "Performance metrics dashboard". */
export const performanceRows: readonly Row[] = [
  {
    title: "Response time",
    panels: [
      responseTime,
      {
        kind: "timeseries",
        title: "Response time by percentile",
        description: "pm_request_duration_ms: the median, and the slowest.",
        unit: "milliseconds",
        queries: [
          { expression: milliseconds(0.5), legend: "p50" },
          { expression: milliseconds(0.95), legend: "p95" },
          { expression: milliseconds(0.99), legend: "p99" },
        ],
        minimum: 0,
      },
      requests,
    ],
  },
  {
    panels: [
      {
        kind: "bar gauge",
        title: "Requests by response time",
        description: "Requests of the period that is shown that were answered within so many milliseconds.",
        unit: "count",
        queries: [
          {
            expression: `sort(sum by (le) (increase(${selected("pm_request_duration_ms_bucket", 'le=~"(10|50|100|500|1000|2000|5000)([.]0)?"')}[$__range])))`,
            legend: "≤ {{le}} ms",
          },
        ],
        minimum: 0,
      },
      {
        kind: "timeseries",
        title: "Slowest pods",
        description: "P95 of the slowest pods, from pm_request_duration_ms, which does not tell routes apart.",
        unit: "milliseconds",
        queries: [
          {
            expression: `topk(5, histogram_quantile(0.95, ${perSecond("pm_request_duration_ms_bucket", [], ["le", "pod"])}))`,
            legend: "{{pod}}",
          },
        ],
        minimum: 0,
      },
    ],
  },
];

const inPeriod = (counter: string) => `sum(increase(${selected(counter)}[$__range]))`;

/**
 * Rows of "User activity dashboard". The metrics of "2. Verify Prometheus Metrics" count requests, and tell neither users
 * nor routes apart.
 */
export const activityRows: readonly Row[] = [
  {
    title: "User activity",
    panels: [
      {
        kind: "stat",
        title: "Requests in this period",
        description: "pm_requests_total, of all pods: requests to the API in the period that is shown.",
        unit: "count",
        queries: [{ expression: inPeriod("pm_requests_total"), legend: "requests" }],
      },
      {
        kind: "stat",
        title: "Failed requests in this period",
        description: "pm_errors_total, of all pods: requests that ended with an error in the period that is shown.",
        unit: "count",
        queries: [{ expression: inPeriod("pm_errors_total"), legend: "errors" }],
      },
      {
        kind: "stat",
        title: "Busiest five minutes",
        description: "The most requests per second, over five minutes, in the period that is shown.",
        unit: "requests per second",
        queries: [
          {
            expression: `max_over_time(sum(rate(${selected("pm_requests_total")}[5m]))[$__range:1m])`,
            legend: "requests",
          },
        ],
      },
    ],
  },
  {
    panels: [
      {
        kind: "timeseries",
        title: "Requests beside the day before",
        description: "Requests to the API now, and at the same time of the day before.",
        unit: "requests per second",
        queries: [
          { expression: perSecond("pm_requests_total"), legend: "now" },
          {
            expression: `sum(rate(${selected("pm_requests_total")}[$__rate_interval] offset 1d))`,
            legend: "the day before",
          },
        ],
        minimum: 0,
      },
      {
        kind: "timeseries",
        title: "Requests by pod",
        description: "Requests to the API, by the pod that answered.",
        unit: "requests per second",
        queries: [{ expression: perSecond("pm_requests_total", [], ["pod"]), legend: "{{pod}}" }],
        minimum: 0,
      },
    ],
  },
];
