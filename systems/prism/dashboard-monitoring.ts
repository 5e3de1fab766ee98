/** Rows of "Post-Deployment Verification": "Monitoring Setup" and "Health Checks". */
import type { Row } from "../../components/monitoring/dashboard";
import { failedShare, perSecond, quantile, selected, share } from "../../components/monitoring/dashboard-queries";

const training = 'queue="model-training"';
const insights = 'queue="monthly-insights"';

/** Requests of users: the probes' routes do not begin with /api/ or /functions/. */
const ofUsers = ['route=~"/(api|functions)/.+"'];

const inPeriod = (metric: string, matcher: string) => `sum(increase(${selected(metric, matcher)}[$__range]))`;

/** "Set up alerts": model training failures, insights generation errors, high feedback correction rates. */
const alerts: Row = {
  title: "Set up alerts",
  panels: [
    {
      kind: "timeseries",
      title: "Model training failures",
      description: "Tries of jobs of the queue model-training that failed, and jobs done. The guide names no number.",
      unit: "per second",
      queries: [
        { expression: perSecond("queue_jobs_failed_total", [training]), legend: "failed" },
        { expression: perSecond("queue_jobs_processed_total", [training]), legend: "done" },
      ],
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Insights generation errors",
      description: "Tries of jobs of the queue monthly-insights that failed, and jobs done. The guide names no number.",
      unit: "per second",
      queries: [
        { expression: perSecond("queue_jobs_failed_total", [insights]), legend: "failed" },
        { expression: perSecond("queue_jobs_processed_total", [insights]), legend: "done" },
      ],
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Feedback correction rate",
      description: "Share of the feedback that corrects the AI. The guide calls it high, and names no number.",
      unit: "ratio",
      queries: [
        {
          expression: share(perSecond("prism_feedback_corrections_total"), perSecond("prism_feedback_total")),
          legend: "corrections",
        },
      ],
      minimum: 0,
      maximum: 1,
    },
  ],
};

/** Figures of the failures in the period, and of the queues. */
const figures: Row = {
  panels: [
    {
      kind: "stat",
      title: "Failed trainings",
      description: "Tries of trainings that failed in the period that is shown.",
      unit: "count",
      queries: [{ expression: inPeriod("queue_jobs_failed_total", training), legend: "failed" }],
      thresholds: { bad: "above", critical: 1 },
    },
    {
      kind: "stat",
      title: "Failed insights",
      description: "Tries of insights jobs that failed in the period that is shown.",
      unit: "count",
      queries: [{ expression: inPeriod("queue_jobs_failed_total", insights), legend: "failed" }],
      thresholds: { bad: "above", critical: 1 },
    },
    {
      kind: "stat",
      title: "Jobs that wait",
      description: "Depth of the queues. Each pod measures the same queue.",
      unit: "count",
      queries: [{ expression: `max by (queue) (${selected("queue_depth")})`, legend: "{{queue}}" }],
      width: 12,
    },
  ],
};

/** "Health Checks" and "Functional Tests", over time. */
const requests: Row = {
  title: "API and functions",
  panels: [
    {
      kind: "timeseries",
      title: "Requests",
      description: "Requests of users, by route.",
      unit: "requests per second",
      queries: [{ expression: perSecond("http_requests_total", ofUsers, ["route"]), legend: "{{route}}" }],
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Error rate",
      description: "Share of the requests of users that were answered with a status of 500 or more.",
      unit: "ratio",
      queries: [{ expression: failedShare("http_requests_total", ofUsers), legend: "failed" }],
      reachesAtLeast: 0.01,
      minimum: 0,
    },
    {
      kind: "timeseries",
      title: "Response time",
      description: "Time of the answers to requests of users.",
      unit: "seconds",
      queries: [
        { expression: quantile(0.5, "http_request_duration_seconds", ofUsers), legend: "p50" },
        { expression: quantile(0.95, "http_request_duration_seconds", ofUsers), legend: "p95" },
      ],
      minimum: 0,
    },
  ],
};

/** Rows of the dashboard, without those that all systems share. */
export const monitoringRows: readonly Row[] = [alerts, figures, requests];
