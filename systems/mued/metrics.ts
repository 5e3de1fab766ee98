/** "Data Validation" and "Batch Job": SQL of the system's own, run by psql. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { psql } from "../../components/postgres/psql";
import type { Step } from "../../components/runbook";
import { Schedule } from "../../components/kubernetes/schedule";
import type { Check } from "../../components/checks";
import type { System } from "../../components/system";
import { Task } from "../../components/kubernetes/task";
import type { MuedSettings } from "./settings";

type Mued = System<MuedSettings>;

/** "Insert Test Data", "Verify Test Data", "Cleanup Test Data", in one transaction that leaves nothing. */
export function dataValidation(mued: Mued, step: Step): void {
  if (!mued.has("rag_metrics")) return;
  const pod = script(mued, mued.schemaIsShipped ? "data-validation.sql" : "data-validation-named.sql");
  new Task("mued-data-validation", { ...pod, trigger: mued.triggers.database }, { parent: step });
}

/** True if the batch job can run: it needs one row a day, which a unique index ensures. */
const calculates = (mued: Mued) => mued.has("daily_metrics");

/** calculate-rag-metrics, for the day before. */
export function metrics(mued: Mued, step: Step): void {
  if (!calculates(mued)) return;
  new Task(
    "mued-calculate-rag-metrics",
    { ...calculation(mued), trigger: mued.triggers.database, deadlineSeconds: 1800 },
    { parent: step },
  );
}

/** Declares the schedule of the job: every night. */
export function metricsSchedule(mued: Mued, step: Step): void {
  if (!calculates(mued)) return;
  const { metricsSchedule: cron, timeZone } = mued.settings;
  new Schedule(
    "mued-calculate-rag-metrics-daily",
    // A night in which nothing could run is made good in the morning.
    { ...calculation(mued), cron, timeZone, deadlineSeconds: 1800, startingDeadlineSeconds: 12 * 3600 },
    { parent: step },
  );
}

/** "Verify Batch Job Results". */
export function calculated(mued: Mued): readonly Check[] {
  if (!calculates(mued)) return [];
  return [
    {
      name: "the metrics of the day before",
      // The day before its calculation: when this is asked, midnight may have passed.
      sql: `SELECT date::text, date < (created_at AT TIME ZONE '${mued.settings.timeZone}')::date AS is_over,
          total_queries = 0 OR citation_rate IS NOT NULL AS populated, slo_compliance
        FROM rag_metrics_history ORDER BY date DESC LIMIT 1`,
      row: { date: "<string>", is_over: true, populated: true, slo_compliance: "<object>" },
      hint: "The task mued-calculate-rag-metrics writes them: look at its log.",
      withinSeconds: 0,
    },
  ];
}

function calculation(mued: Mued) {
  const { slo, timeZone } = mued.settings;
  return script(mued, "calculate-rag-metrics.sql", {
    time_zone: timeZone,
    slo_citation_rate: slo.citationRate,
    slo_latency_p50_ms: slo.latencyP50Milliseconds,
    slo_cost_per_answer: slo.costPerAnswer,
  });
}

function script({ namespace, images, database }: Mued, file: string, variables: Record<string, string | number> = {}) {
  return {
    namespace,
    image: images.postgresql,
    command: psql([file], variables),
    files: { [file]: readFileSync(join(__dirname, file), "utf8") },
    environment: database.owner.environment(),
  };
}
