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
        title: "Slowest routes",
        description: "P95 of the slowest routes of the backend and the frontend, in seconds.",
        unit: "seconds",
        queries: [
          {
            expression: `topk(5, histogram_quantile(0.95, ${perSecond("http_request_duration_seconds_bucket", ['route=~"/api/.+"'], ["le", "route"])}))`,
            legend: "{{route}}",
          },
        ],
        minimum: 0,
      },
    ],
  },
];

/** Requests of users: neither the probes nor what belongs to operating. */
const ofUsers = ['route=~"/api/.+"', 'route!~"/api/(health|admin/.+|maintenance)"'];

/** Rows of "User activity dashboard". The application exports requests, and no users or sessions. */
export const activityRows: readonly Row[] = [
  {
    title: "User activity",
    panels: [
      {
        kind: "stat",
        title: "Requests in this period",
        description: "Requests of users to the API in the period that is shown.",
        unit: "count",
        queries: [
          { expression: `sum(increase(${selected("http_requests_total", ...ofUsers)}[$__range]))`, legend: "requests" },
        ],
        width: 6,
      },
      {
        kind: "stat",
        title: "Changes in this period",
        description: "Requests of users that change something, in the period that is shown.",
        unit: "count",
        queries: [
          {
            expression: `sum(increase(${selected("http_requests_total", ...ofUsers, 'method!~"GET|HEAD|OPTIONS"')}[$__range]))`,
            legend: "changes",
          },
        ],
        width: 6,
      },
      {
        kind: "stat",
        title: "Pages in this period",
        description: "Pages of the frontend that were delivered in the period that is shown.",
        unit: "count",
        queries: [
          {
            expression: `sum(increase(${selected("http_requests_total", 'route=~"/|/[*]"', 'method="GET"')}[$__range]))`,
            legend: "pages",
          },
        ],
        width: 12,
      },
    ],
  },
  {
    panels: [
      {
        kind: "timeseries",
        title: "Activity by route",
        description: "Requests of users to the API, by route.",
        unit: "requests per second",
        queries: [{ expression: perSecond("http_requests_total", ofUsers, ["route"]), legend: "{{route}}" }],
        minimum: 0,
      },
      {
        kind: "timeseries",
        title: "Activity by method",
        description: "Requests of users to the API, by method: GET reads, the others change.",
        unit: "requests per second",
        queries: [{ expression: perSecond("http_requests_total", ofUsers, ["method"]), legend: "{{method}}" }],
        minimum: 0,
      },
    ],
  },
];
