/**
 * "Monitoring Setup": "Model training failures", "Insights generation errors", "High feedback correction rates". The
 * runbook has no numbers: what the release makes worse than before counts.
 */
import type { Condition } from "../../components/watch";
import { conventional, countOf, errorPercent, percentOf } from "../../components/watch/queries";

const mayBeAbsent = "the application does not export it; the runbook names no metric";

const failures = (name: string, queue: string): Condition => ({
  name,
  query: countOf("queue_jobs_failed_total", `,queue="${queue}"`),
  atMost: 0,
  mayBeAbsent,
});

export const conditions: readonly Condition[] = [
  { name: "error rate", query: errorPercent(conventional), unit: "%", risesAtMost: 1, mayBeAbsent },
  failures("model training failures", "model-training"),
  failures("insights generation errors", "monthly-insights"),
  {
    name: "feedback correction rate",
    query: percentOf("prism_feedback_corrections_total", "prism_feedback_total"),
    unit: "%",
    risesAtMostPercent: 50,
    from: 20,
    mayBeAbsent,
  },
];
