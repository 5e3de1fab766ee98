/** Row of "Production Monitoring (24 hours)", with the limits of "When to Rollback". */
import type { Row } from "../../components/monitoring/dashboard";
import { failedShare, quantile, selected } from "../../components/monitoring/dashboard-queries";

/** Requests of users. The checklist names no metric: these are the conventional names of the web. */
const ofUsers = ['route=~"/api/.+"', 'route!="/api/health"'];

const p95 = quantile(0.95, "http_request_duration_seconds", ofUsers);

/** CPU time of the database's servers, in cores. */
const databaseContainer = 'container="postgres"';
const databaseCpu = `sum by (pod) (rate(${selected("container_cpu_usage_seconds_total", databaseContainer)}[$__rate_interval]))`;

/** Error rate, database CPU usage and P95 latency, which people note in hours 1, 6, 12 and 24. */
export const productionRow: Row = {
  title: "Production Monitoring (24 hours)",
  panels: [
    {
      kind: "timeseries",
      title: "Application error rate",
      description:
        "Share of the requests that were answered with a status of 500 or more. The checklist goes back if it " +
        "increases by more than 5 %.",
      unit: "ratio",
      queries: [{ expression: failedShare("http_requests_total", ofUsers), legend: "failed" }],
      thresholds: { bad: "above", critical: 0.05 },
      reachesAtLeast: 0.06,
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Database CPU usage",
      description: "CPU time of each database server, in cores.",
      unit: "count",
      queries: [{ expression: databaseCpu, legend: "{{pod}}" }],
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "API P95 latency",
      description:
        "Latency, and 1.5 times that of the day before: the checklist goes back at a degradation of more than 50 %.",
      unit: "seconds",
      queries: [
        { expression: p95, legend: "p95" },
        {
          expression: `1.5 * ${p95.replace("[$__rate_interval]", "[$__rate_interval] offset 1d")}`,
          legend: "limit: the day before, plus 50 %",
        },
      ],
      minimum: 0,
    },
  ],
};
