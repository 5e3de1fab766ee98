import type { AlertCase, AlertCases } from "../../../support/alerts/alert-case";
import { appears, counter, steady } from "../../../support/alerts/levels";

const common = { channels: "email", runbook: "prism.md#monitoring-setup" } as const;

/** A failed try of a job counts for fifteen minutes. */
const jobsFailed = (queue: string): AlertCase => ({
  ...common,
  for: "1m",
  description: `15 tries of jobs in the queue ${queue} failed in the last 15 minutes.`,
  series: { [`queue_jobs_failed_total{queue="${queue}",pod="a"}`]: counter(0, 1) },
  window: 15,
  tooShort: 0,
  traps: [
    {
      title: "a counter that begins with its first failure",
      series: { 'up{pod="a"}': steady(1), [`queue_jobs_failed_total{queue="${queue}",pod="a"}`]: appears(16, 1) },
      description: `1 tries of jobs in the queue ${queue} failed in the last 15 minutes.`,
    },
    {
      title: "a pod that had failed before anybody scraped it",
      series: { 'up{pod="a"}': appears(10, 1), [`queue_jobs_failed_total{queue="${queue}",pod="a"}`]: appears(10, 6) },
    },
    {
      title: "a pod that has failed once, before",
      series: { 'up{pod="a"}': steady(1), [`queue_jobs_failed_total{queue="${queue}",pod="a"}`]: appears(0, 1) },
    },
    {
      title: "pods that have failed",
      series: {
        [`queue_jobs_failed_total{queue="${queue}",pod="a"}`]: counter(0, 1),
        [`queue_jobs_failed_total{queue="${queue}",pod="b"}`]: counter(0, 1),
      },
      description: `30 tries of jobs in the queue ${queue} failed in the last 15 minutes.`,
    },
    {
      title: "jobs of another queue",
      series: {
        'queue_jobs_failed_total{queue="emails",pod="a"}': counter(0, 1),
        'queue_jobs_failed_total{queue="emails",pod="b"}': appears(10, 1),
        [`queue_jobs_failed_total{queue="${queue}",pod="a"}`]: counter(0, 0),
      },
    },
  ],
});

export const prismCases: AlertCases = {
  "PrismModelTrainingFailed/warning": jobsFailed("model-training"),
  "PrismInsightsGenerationFailed/warning": jobsFailed("monthly-insights"),
  "PrismFeedbackCorrectionRateHigh/warning": {
    ...common,
    for: "2h",
    description: "40% of the feedback of the last hour corrects the AI.",
    series: {
      'prism_feedback_corrections_total{pod="a"}': counter(3, 4),
      'prism_feedback_total{pod="a"}': counter(5, 5),
      'prism_feedback_total{pod="b"}': counter(5, 5),
    },
    step: 10,
    window: 6,
    traps: [
      {
        title: "nine in an hour are too few to judge",
        series: { prism_feedback_corrections_total: counter(1, 1), prism_feedback_total: counter(1.5, 1.5) },
      },
      {
        title: "eleven in an hour, of two pods",
        series: {
          'prism_feedback_corrections_total{pod="a"}': counter(0.3, 0.3),
          'prism_feedback_corrections_total{pod="b"}': counter(0.3, 0.3),
          'prism_feedback_total{pod="a"}': counter(0.9, 0.9),
          'prism_feedback_total{pod="b"}': counter(0.95, 0.95),
        },
        description: "32.43% of the feedback of the last hour corrects the AI.",
      },
      {
        title: "six corrections in an hour are too few to judge",
        series: { prism_feedback_corrections_total: counter(0, 1), prism_feedback_total: counter(0, 1) },
      },
    ],
  },
};
