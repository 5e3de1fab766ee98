/** "When to Rollback", with what "Production Monitoring" compares with a baseline. */
import type { Condition } from "../../components/watch";
import { conventional, databaseCpuPercent, errorPercent, p95Milliseconds } from "../../components/watch/queries";
import type { MuedSettings } from "./settings";

const mayBeAbsent = "the application does not export it; the checklist names no metric";

export function conditions({ rollbackTriggers, postgres }: MuedSettings): Condition[] {
  const { errorPercent: errors, slowerPercent } = rollbackTriggers;
  return [
    // "Application error rate increases > 5%".
    { name: "error rate", query: errorPercent(conventional), unit: "%", risesAtMost: errors, mayBeAbsent },
    // "Performance degradation > 50%", of the "API P95 latency".
    {
      name: "API P95 latency",
      query: p95Milliseconds(conventional.latency, "seconds"),
      unit: "ms",
      risesAtMostPercent: slowerPercent,
      from: 100,
      mayBeAbsent,
    },
    // As for the "Database CPU usage".
    {
      name: "database CPU usage",
      query: databaseCpuPercent,
      unit: "% of a CPU",
      risesAtMostPercent: slowerPercent,
      from: 20,
      mayBeAbsent: "Prometheus does not scrape the kubelet's cAdvisor",
      ...(postgres.engine !== "cloudnativepg" && { skip: "the database is on a server of others" }),
    },
  ];
}
