/** Rows of "Maintenance". A task without a metric, such as reviewing the models' accuracy, has no panel. */
import type { Panel, Row } from "../../components/monitoring/dashboard";
import { databaseSizes } from "../../components/monitoring/dashboard-rows";
import { orZero, perSecond, selected, since } from "../../components/monitoring/dashboard-queries";

const day = 86_400;

/** "Weekly Tasks": model training logs, feedback accumulation rates, classification accuracy. */
const weekly: Row = {
  title: "Weekly Tasks",
  panels: [
    {
      kind: "timeseries",
      title: "Trainings in an hour",
      description: "Review model training logs: jobs of the queue model-training in the hour before.",
      unit: "count",
      queries: [
        { expression: hourly("queue_jobs_processed_total", 'queue="model-training"'), legend: "done" },
        { expression: hourly("queue_jobs_failed_total", 'queue="model-training"'), legend: "failed tries" },
      ],
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Feedback in an hour",
      description: "Check feedback accumulation rates: feedback received in the hour before, and corrections in it.",
      unit: "count",
      queries: [
        { expression: hourly("prism_feedback_total"), legend: "feedback" },
        { expression: hourly("prism_feedback_corrections_total"), legend: "corrections" },
      ],
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Share of feedback that confirms",
      description:
        "Monitor classification accuracy metrics: the share of a day's feedback that does not correct the AI, for the " +
        "application exports no accuracy.",
      unit: "ratio",
      queries: [
        {
          expression: `1 - ${daily("prism_feedback_corrections_total")} / (${daily("prism_feedback_total")} > 0)`,
          legend: "confirmed",
        },
      ],
      minimum: 0,
      maximum: 1,
    },
  ],
};

/** "Monthly Tasks": insights engagement, cleaning up of old training batches. */
const monthly: Row = {
  title: "Monthly Tasks",
  panels: [
    {
      kind: "timeseries",
      title: "Insights engagement",
      description: "Review insights engagement metrics: insights that users have read or acted on.",
      unit: "per second",
      queries: [
        { expression: orZero(requestsOf("/api/insights/:id/read"), perSecond("http_requests_total")), legend: "read" },
        {
          expression: orZero(requestsOf("/api/insights/:id/acted"), perSecond("http_requests_total")),
          legend: "acted on",
        },
      ],
      width: 16,
      minimum: 0,
    },
    schedulePanel(
      "Clean up old training batches",
      "prism-maintenance-monthly",
      "Time since the last successful run of prism-maintenance-monthly. It runs on the 2nd of each month.",
      32 * day,
    ),
  ],
};

/** "Quarterly Tasks": VACUUM and REINDEX. */
const quarterly: Row = {
  title: "Quarterly Tasks",
  panels: [
    {
      kind: "timeseries",
      title: "Database size",
      description: "Database maintenance: the size, which VACUUM and REINDEX keep from growing without need.",
      unit: "bytes",
      queries: [{ expression: databaseSizes, legend: "{{datname}}" }],
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Age of the oldest transaction ID",
      description: "Database maintenance: VACUUM lowers it. At 2 billion PostgreSQL takes no more writes.",
      unit: "count",
      queries: [
        {
          expression: `max by (datname) (${selected("cnpg_pg_database_xid_age", 'datname!~"template."')})`,
          legend: "{{datname}}",
        },
      ],
      thresholds: { bad: "above", warning: 500e6, critical: 1e9 },
      minimum: 0,
    },
    schedulePanel(
      "VACUUM and REINDEX",
      "prism-maintenance-quarterly",
      "Time since the last successful run of prism-maintenance-quarterly. It runs on the 3rd of each quarter.",
      93 * day,
    ),
  ],
};

/** Rows of the dashboard. */
export const maintenanceRows: readonly Row[] = [weekly, monthly, quarterly];

function schedulePanel(title: string, cronJob: string, description: string, warning: number): Panel {
  const last = `max(${selected("kube_cronjob_status_last_successful_time", `cronjob="${cronJob}"`)})`;
  return {
    kind: "stat",
    title,
    description,
    unit: "seconds",
    queries: [{ expression: since(last), legend: "since the last success" }],
    thresholds: { bad: "above", warning },
    width: 8,
  };
}

function requestsOf(route: string) {
  return perSecond("http_requests_total", [`route="${route}"`]);
}

function hourly(metric: string, ...matchers: string[]) {
  return `sum(increase(${selected(metric, ...matchers)}[1h]))`;
}

function daily(metric: string) {
  return `sum(increase(${selected(metric)}[1d]))`;
}
