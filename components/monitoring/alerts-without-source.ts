/**
 * Alerts whose metrics nothing exports yet. They are tested, and in no rule of a stack until their exporter is there.
 */
import type { Alert } from "./alert";

/** Metrics that an exporter would have to have, each with its meaning. */
export const missingMetrics = {
  runsheet_drift_changes: "Number of changes that the last search for drift found.",
  runsheet_drill_last_success_timestamp_seconds: "Unix time of the last successful drill of a system.",
  runsheet_drill_last_result: "1 if the last drill succeeded within its limits, else 0.",
} as const;

export const alertsWithoutSource = (namespace: string): Alert[] =>
  [
    {
      name: "DriftFound",
      expr: `max(runsheet_drift_changes{namespace="${namespace}"}) > 0`,
      for: "5m",
      severity: "warning" as const,
      summary: "Somebody changed by hand what the program declares.",
      description: "The last search for drift found {{ $value }} changes.",
      threshold: "more than 0 changes",
      heading: "Drift found",
    },
    {
      name: "DrillOverdue",
      expr: `time() - max(runsheet_drill_last_success_timestamp_seconds{namespace="${namespace}"}) > ${35 * 86_400}`,
      for: "1h",
      severity: "warning" as const,
      summary: "No disaster-recovery drill has succeeded for more than a month.",
      description: "The last successful drill was {{ $value | humanizeDuration }} ago.",
      threshold: "more than 35 days ago",
      heading: "Drill overdue",
    },
    {
      name: "DrillFailed",
      expr: `min(runsheet_drill_last_result{namespace="${namespace}"}) == 0`,
      for: "5m",
      severity: "warning" as const,
      summary: "The last disaster-recovery drill failed, or missed its limits.",
      description: "The last drill did not succeed (runsheet_drill_last_result is {{ $value }}).",
      threshold: "failed",
      heading: "Drill failed",
    },
  ].map((alert) => ({ ...alert, ours: ["alert", "threshold", "duration", "severity"] }));
