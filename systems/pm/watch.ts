/** "Monitor for 1 Hour": the critical ones of "Configure Alerts", and "When to Rollback". */
import type { Condition } from "../../components/watch";
import { errorPercent, extreme, memoryPercent, p95Milliseconds } from "../../components/watch/queries";
import type { PmSettings } from "./settings";

const requests = { requests: "pm_requests_total", errors: "pm_errors_total" };
const p95 = p95Milliseconds("pm_request_duration_ms", "milliseconds");
const needs = "pm_request_duration_ms_bucket";

export const conditions = ({ workloads }: PmSettings): Condition[] => [
  // "Error rate > 5% for 5 minutes".
  { name: "error rate", query: errorPercent(requests), unit: "%", atMost: 5, needs: requests.requests },
  // "Response time P95 > 5000ms for 5 minutes".
  { name: "response time P95", query: p95, unit: "ms", atMost: 5000, needs },
  // "Performance degradation > 50%".
  { name: "performance degradation", query: p95, unit: "ms", risesAtMostPercent: 50, from: 100, needs },
  // "Database connection failures": the health of the system, which needs it.
  { name: "system health", query: extreme("min", "pm_system_health"), atLeast: 1, needs: "pm_system_health" },
  // "Memory usage > 90%".
  {
    name: "memory usage",
    query: memoryPercent(workloads["pm-backend"].container),
    unit: "%",
    atMost: 90,
    mayBeAbsent: "Prometheus has no limit of pm-backend's memory: it has none, or nothing exports it",
  },
];
