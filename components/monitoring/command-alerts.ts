/**
 * Alerts on drift and on drills. Nothing in a cluster exports their metrics: commands write them, which somebody has to
 * schedule. So a stack has them once it promises how often.
 */
import type { Alert } from "./alert";

/** Longest time without what the commands are for. */
export interface CommandPromises {
  /** Age of the last search for drift that saw everything, in hours. Default: no alert on drift. */
  readonly driftHours?: number;
  /** Age of the last drill that met its objectives, in days. Default: no alert on drills. */
  readonly drillDays?: number;
}

const ofDrift =
  "`npm run drift -- --format prometheus` writes it, for node_exporter's textfile collector or a Pushgateway. A search that failed, or beside an update, writes none.";
const ofDrills =
  "`npm run drill -- history --format prometheus` writes it, for node_exporter's textfile collector or a Pushgateway";

/** Metrics that the commands write, each with its meaning and its source. */
export const commandMetrics = {
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

/** Alerts on what is promised. */
export const commandAlerts = (namespace: string, { driftHours, drillDays }: CommandPromises): Alert[] => [
  ...(driftHours === undefined ? [] : driftAlerts(namespace, driftHours)),
  ...(drillDays === undefined ? [] : drillAlerts(namespace, drillDays)),
];

const driftAlerts = (namespace: string, hours: number): Alert[] => [
  {
    name: "DriftFound",
    expr: `max(runsheet_drift_changes{namespace="${namespace}"}) > 0`,
    for: "5m",
    severity: "warning",
    summary: "Somebody changed by hand what the program declares.",
    description: "The last search for drift found {{ $value }} changes.",
    threshold: "more than 0 changes",
    heading: "Drift found",
  },
  {
    name: "DriftNotSearched",
    expr: olderThan(`runsheet_drift_last_search_timestamp_seconds{namespace="${namespace}"}`, hours * 3600),
    for: "5m",
    severity: "warning",
    summary: "Nobody knows whether there is drift: no search has seen everything for too long.",
    description: sinceLast("search for drift that saw everything", "No search for drift is known."),
    threshold: `more than ${hours} h ago, or none`,
    heading: "Drift not searched",
  },
];

const drillAlerts = (namespace: string, days: number): Alert[] => [
  {
    name: "DrillOverdue",
    expr: olderThan(`runsheet_drill_last_success_timestamp_seconds{namespace="${namespace}"}`, days * 86_400),
    for: "1h",
    severity: "warning",
    summary: "No disaster-recovery drill has succeeded for too long.",
    description: sinceLast("successful drill", "No successful drill is known."),
    threshold: `more than ${days} days ago, or none`,
    heading: "Drill overdue",
  },
  {
    name: "DrillFailed",
    expr: `min(runsheet_drill_last_result{namespace="${namespace}"}) == 0`,
    for: "5m",
    severity: "warning",
    summary: "The last disaster-recovery drill failed, or missed its limits.",
    description: "The last drill did not succeed (runsheet_drill_last_result is {{ $value }}).",
    threshold: "failed",
    heading: "Drill failed",
  },
];

/** Condition that the time of a metric is longer ago, or that there is none. Its value is then 1, else the seconds since. */
const olderThan = (metric: string, seconds: number) => `time() - max(${metric}) > ${seconds} or max(absent(${metric}))`;

/** Description of an alert on `olderThan`. A time of 0 is no time either, and more than a billion seconds ago. */
const sinceLast = (what: string, none: string) =>
  `{{ if or (le $value 1.0) (ge $value 1e9) }}${none}{{ else }}The last ${what} was {{ $value | humanizeDuration }} ago.{{ end }}`;
