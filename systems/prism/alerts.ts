/** Alerts of the "PRISM Phase 5 Deployment Runbook: Monitoring Setup", which names no numbers. */
import type { Alert } from "../../components/monitoring/alert";
import { logAlert, type LogAlert } from "../../components/monitoring/log-alert";
import type { SystemAlerts } from "../../components/monitoring/system-rules";

const heading = "Monitoring Setup";

/**
 * Alerts of PRISM. "Contact" has two e-mail addresses and the telephone of whoever is on call, so that the team is
 * reached by e-mail, and paged for what is critical.
 */
export const prismAlerts = (namespace: string): SystemAlerts => ({
  channels: { critical: ["pagerduty", "email"], warning: ["email"], info: ["email"] },
  alerts: [
    {
      ...jobsFailed(namespace, "model-training"),
      name: "PrismModelTrainingFailed",
      summary: "A model was not trained: a job of the model training failed.",
    },
    {
      ...jobsFailed(namespace, "monthly-insights"),
      name: "PrismInsightsGenerationFailed",
      summary: "Users may lack their insights: a job of the monthly insights failed.",
    },
    {
      name: "PrismFeedbackCorrectionRateHigh",
      expr:
        `sum(rate(prism_feedback_corrections_total{namespace="${namespace}"}[1h]))` +
        ` / sum(rate(prism_feedback_total{namespace="${namespace}"}[1h])) > 0.3` +
        ` and sum(increase(prism_feedback_total{namespace="${namespace}"}[1h])) >= 10`,
      for: "2h",
      severity: "warning",
      summary: "Users correct the AI more often than usual.",
      description: "{{ $value | humanizePercentage }} of the feedback of the last hour corrects the AI.",
      threshold: "above 30 % of the feedback, with at least 10 in an hour",
      heading,
      ours: ["threshold", "duration", "severity"],
    },
  ],
  logAlerts: [
    workerErrors({
      name: "PrismModelTrainingErrorsLogged",
      workload: "prism-model-training",
      summary: "The worker that trains models logs errors.",
      heading: "1. Model Training Not Running",
    }),
    workerErrors({
      name: "PrismInsightsErrorsLogged",
      workload: "prism-monthly-insights",
      summary: "The worker that generates insights logs errors.",
      heading: "2. Insights Not Generating",
    }),
  ],
});

/** Alert on failed tries of jobs. One is enough: a worker tries a job three times, within the window. */
const jobsFailed = (namespace: string, queue: string): Omit<Alert, "name" | "summary"> => ({
  expr: `sum(${increased(namespace, `queue="${queue}"`)}) > 0`,
  for: "1m",
  severity: "warning",
  description: `{{ $value | printf "%.0f" }} tries of jobs in the queue ${queue} failed in the last 15 minutes.`,
  threshold: "a try of a job failed in the last 15 minutes",
  heading,
  ours: ["threshold", "duration", "severity"],
});

/**
 * Increase of a counter in the last 15 minutes. One that has not been there for a day began at 0 if its pod was scraped
 * before: many libraries export a counter from its first increase on, which `increase` does not see. Without that condition
 * failures of long ago would count whenever a Prometheus is new.
 */
function increased(namespace: string, matchers: string): string {
  const counter = `queue_jobs_failed_total{namespace="${namespace}",${matchers}}`;
  const before = `last_over_time(${counter}[1d] offset 15m)`;
  const scraped = `up{namespace="${namespace}"} offset 15m`;
  return (
    `(increase(${counter}[15m]) and ${before})` +
    ` or (last_over_time(${counter}[15m]) unless ${before}) and on (namespace, pod) ${scraped}`
  );
}

/** Alert on what `pm2 logs --err` shows of a worker: stderr, and lines that say that they are errors. */
const workerErrors = ({ workload, ...words }: Record<"name" | "workload" | "summary" | "heading", string>): LogAlert =>
  logAlert({
    ...words,
    lines: { level: "error", stderr: true, workload },
    moreThan: 10,
    minutes: 15,
    for: "1m",
    severity: "warning",
    ours: ["threshold", "duration", "severity"],
  });
