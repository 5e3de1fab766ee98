/** Metrics of "Batch Job Testing", which calculates them for each day: the latest row of rag_metrics_history. */
import type { Context } from "../core/application";

/**
 * Query of the latest figures. Its columns are the names of the metrics without their prefix. A NULL was not measured,
 * and the metric is absent.
 */
const latest = `SELECT citation_rate::float8 AS citation_rate, latency_p50_ms::float8 / 1000 AS latency_p50_seconds,
    cost_per_answer::float8 AS cost_per_answer_jpy, (slo_compliance ->> 'overallMet')::boolean::int AS slo_met,
    extract(epoch FROM now() - created_at)::float8 AS metrics_age_seconds
  FROM rag_metrics_history ORDER BY date DESC LIMIT 1`;

const help = {
  citation_rate: "Per cent of the latest day's answers with a citation.",
  latency_p50_seconds: "Median latency of the latest day's answers.",
  cost_per_answer_jpy: "Mean cost of the latest day's answers, in JPY.",
  slo_met: "1 when the latest day met all its objectives, 0 when it missed one.",
  metrics_age_seconds: "Time since the latest day's metrics were calculated first.",
} as const;

type Figure = keyof typeof help;

/**
 * Exports the metrics. Each process reads the same row. All are absent while the database is unavailable or lacks Phase
 * 2, and before the first day.
 */
export function exportMetrics({ metrics, database }: Pick<Context, "metrics" | "database">): void {
  const gauges = (Object.keys(help) as Figure[]).map((figure) => {
    return { figure, gauge: metrics.gauge(`mued_rag_${figure}`, `${help[figure]} Absent when it is not known.`) };
  });
  metrics.beforeScrape(async () => {
    const [row] = await database.query<Record<Figure, number | null>>(latest).catch(() => []);
    for (const { figure, gauge } of gauges) {
      gauge.clear();
      const value = row?.[figure] ?? null;
      if (value !== null) gauge.set({}, value);
    }
  });
}
