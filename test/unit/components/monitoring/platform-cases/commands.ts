import type { AlertCases } from "../../../../support/alerts/alert-case";
import { gauge, secondsAgo } from "../../../../support/alerts/levels";
import { warning } from "./channels";

/** Cases of the alerts whose metrics commands write, for a search each day and a drill within 35 days. */
export const commandCases: AlertCases = {
  "DriftFound/warning": {
    ...warning,
    for: "5m",
    runbook: "every-system.md#drift-found",
    description: "The last search for drift found 2 changes.",
    series: { runsheet_drift_changes: gauge(0, 2) },
  },
  "DriftNotSearched/warning": {
    ...warning,
    for: "5m",
    runbook: "every-system.md#drift-not-searched",
    description: "The last search for drift that saw everything was 1d 0h 1m 0s ago.",
    series: { runsheet_drift_last_search_timestamp_seconds: secondsAgo(86_400, 86_460) },
    traps: [
      {
        title: "no search was ever heard of",
        series: { runsheet_drift_last_search_timestamp_seconds: gauge("gone", "gone") },
        description: "No search for drift is known.",
      },
    ],
  },
  "DrillOverdue/warning": {
    ...warning,
    for: "1h",
    runbook: "every-system.md#drill-overdue",
    description: "The last successful drill was 35d 0h 1m 0s ago.",
    series: { runsheet_drill_last_success_timestamp_seconds: secondsAgo(3_024_000, 3_024_060) },
    traps: [
      {
        title: "no drill was ever heard of",
        series: { runsheet_drill_last_success_timestamp_seconds: gauge("gone", "gone") },
        description: "No successful drill is known.",
      },
      {
        title: "a drill is due and never succeeded",
        series: { runsheet_drill_last_success_timestamp_seconds: secondsAgo(1_764_750_000, 1_764_750_000) },
        description: "No successful drill is known.",
      },
    ],
  },
  "DrillFailed/warning": {
    ...warning,
    for: "5m",
    runbook: "every-system.md#drill-failed",
    description: "The last drill did not succeed (runsheet_drill_last_result is 0).",
    series: { runsheet_drill_last_result: gauge(1, 0) },
  },
};
