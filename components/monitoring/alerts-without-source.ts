/**
 * Alerts whose metrics nothing in a stack exports. They are tested, and in no rule of a stack: their metrics come from
 * commands, which somebody has to schedule, or from nowhere yet.
 */
import type { Alert } from "./alert";

const ofDrift =
  "`npm run drift -- --format prometheus` writes it, for node_exporter's textfile collector or a Pushgateway. A search that failed, or beside an update, writes none.";
const ofDrills =
  "`npm run drill -- history --format prometheus` writes it, for node_exporter's textfile collector or a Pushgateway";

/** Metrics that the alerts need, each with its meaning and its source. */
export const missingMetrics = {
  runsheet_drift_changes: {
    meaning: "Number of changes that the last search for drift found.",
    source: ofDrift,
  },
  runsheet_drift_last_search_timestamp_seconds: {
    meaning: "Unix time of the last search for drift that saw everything.",
    source: ofDrift,
  },
  runsheet_drill_last_success_timestamp_seconds: {
    meaning: "Unix time of the last successful drill of a system.",
    source: `${ofDrills}. It is 0 if a drill is due and never succeeded.`,
  },
  runsheet_drill_last_result: {
    meaning: "1 if the last drill succeeded within its limits, else 0.",
    source: `${ofDrills}.`,
  },
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
      name: "DriftNotSearched",
      expr: `time() - max(runsheet_drift_last_search_timestamp_seconds{namespace="${namespace}"}) > 86400`,
      for: "5m",
      severity: "warning" as const,
      summary: "Nobody knows whether there is drift: no search has seen everything for more than a day.",
      description: "The last search for drift that saw everything was {{ $value | humanizeDuration }} ago.",
      threshold: "more than a day ago",
      heading: "Drift not searched",
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
