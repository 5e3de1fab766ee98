/** "Data Validation", by SQL of Runsheet's own, and "Batch Job", by the application's script. */
import { join } from "node:path";
import { readText } from "../../components/identity/text-file";
import { psql } from "../../components/postgres/psql";
import type { Step } from "../../components/runbook";
import { Schedule } from "../../components/kubernetes/schedule";
import type { Check } from "../../components/checks";
import type { Configured, System } from "../../components/system";
import { isStandIn, type Declared } from "../../components/system/settings";
import { Task } from "../../components/kubernetes/task";
import { batchJob } from "./application";
import { isDevelopment, type MuedSettings } from "./settings";

type Mued = System<MuedSettings>;

/** "Insert Test Data", "Verify Test Data", "Cleanup Test Data", in one transaction that leaves nothing: in development. */
export function dataValidation(mued: Mued, step: Step): void {
  if (!isDevelopment(mued.settings) || !mued.has("rag_metrics")) return;
  const pod = script(mued, mued.schemaIsShipped ? "data-validation.sql" : "data-validation-named.sql");
  new Task("mued-data-validation", { ...pod, trigger: mued.triggers.database }, { parent: step });
}

/** True if the batch job can run: it needs one row a day, which a unique index ensures. */
const calculates = (mued: Pick<Declared<MuedSettings>, "has">) => mued.has("daily_metrics");

/** calculate-rag-metrics, for the day before. */
export function metrics(mued: Mued, configured: Configured, step: Step): void {
  if (!calculates(mued)) return;
  const name = "mued-calculate-rag-metrics";
  new Task(
    name,
    { ...calculation(mued, configured, name, step), trigger: mued.triggers.database, deadlineSeconds: 1800 },
    { parent: step },
  );
}

/** Declares the schedule of the job: every night. */
export function metricsSchedule(mued: Mued, configured: Configured, step: Step): void {
  if (!calculates(mued)) return;
  const { metricsSchedule: cron, timeZone } = mued.settings;
  const name = "mued-calculate-rag-metrics-daily";
  const pod = calculation(mued, configured, name, step);
  new Schedule(
    name,
    // A night in which nothing could run is made good in the morning.
    { ...pod, cron, timeZone, deadlineSeconds: 1800, startingDeadlineSeconds: 12 * 3600 },
    { parent: step },
  );
}

/** "Verify Batch Job Results". */
export function calculated(mued: Pick<Declared<MuedSettings>, "settings" | "has">): readonly Check[] {
  if (!calculates(mued)) return [];
  const day = (timeZone: string) => `(created_at AT TIME ZONE '${timeZone}')::date`;
  const own = day(mued.settings.timeZone);
  // The application may count its days in UTC.
  const today = isStandIn(mued.settings) ? own : `greatest(${own}, ${day("UTC")})`;
  return [
    {
      name: "the metrics of the day before",
      // The day before its calculation: when this is asked, midnight may have passed.
      sql: `SELECT date::text, date < ${today} AS is_over,
          total_queries = 0 OR citation_rate IS NOT NULL AS populated, slo_compliance
        FROM rag_metrics_history ORDER BY date DESC LIMIT 1`,
      row: { date: "<string>", is_over: true, populated: true, slo_compliance: "<object>" },
      hint: "The task mued-calculate-rag-metrics writes them: look at its log.",
      withinSeconds: 0,
    },
  ];
}

/** The pod of the batch job. The stand-in has no script. */
function calculation(mued: Mued, { application, environment }: Configured, name: string, step: Step) {
  const { slo, timeZone } = mued.settings;
  if (!isStandIn(mued.settings)) {
    const program = application.script(batchJob);
    const own = mued.podLike("mued-web", name, step);
    return {
      ...{ ...program, ...own, namespace: mued.namespace },
      environment: { ...environment, ...program.environment, ...own.environment },
    };
  }
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
    files: { [file]: readText(join(__dirname, file)) },
    environment: database.owner.environment(),
  };
}
