/** Cases of each system's alerts on logs. test/services/log-alerts writes their lines for real programs. */
import type { LogAlertCase, LogAlertCases, LogLine } from "../../support/alerts/log-alert-case";

const errors: readonly LogLine[] = [
  { text: '{"level":"error","msg":"query failed"}' },
  { text: '{"level":50,"msg":"as pino writes it"}' },
  { text: "2026-12-01 06:00:00,123 - app - CRITICAL - as Python writes it" },
  { text: "TypeError: fetch failed", stream: "stderr" },
  { text: "error: as winston writes it" },
  {
    text: '{"level":"error","system":"x","workload":"x","kind":"x","release":"x","_msg":"x","_time":"x","severity_number":"1","severity_text":"x"}',
  },
];

const noErrors: Readonly<Record<string, LogLine>> = {
  warnings: { text: '{"level":"warn","msg":"slow"}' },
  "pino's debug": { text: '{"level":20,"msg":"asked"}' },
  "information about an error": { text: '{"level":"info","error":"none","msg":"ERROR is but a word here"}' },
  "lines without a severity": { text: "listening on 3000, no errors", stream: "stderr" },
};

const many = {
  for: "1m",
  channels: "slack",
  receiver: "slack",
  role: "symptom",
  good: 20,
  minutes: 5,
  counted: errors,
} as const;

const worker = (workload: string, runbook: string, other: string): LogAlertCase => ({
  for: "1m",
  channels: "email",
  receiver: "email",
  runbook,
  workload,
  good: 10,
  minutes: 15,
  description: `${workload} wrote 11 errors or lines on stderr in 15 minutes.`,
  counted: [...errors, { text: "killed", stream: "stderr" }],
  ignored: {
    "warnings on stdout": { text: '{"level":"warn","msg":"slow"}' },
    "errors of another workload": { text: '{"level":"error"}', workload: other },
  },
});

export const logAlertCases: Readonly<Record<string, LogAlertCases>> = {
  prism: {
    "PrismModelTrainingErrorsLogged/warning": worker(
      "prism-model-training",
      "prism.md#1-model-training-not-running",
      "prism-api",
    ),
    "PrismInsightsErrorsLogged/warning": worker(
      "prism-monthly-insights",
      "prism.md#2-insights-not-generating",
      "prism-api",
    ),
  },
  omniops: {},
  mued: {
    "MuedErrorsLogged/warning": {
      ...many,
      runbook: "mued.md#critical-checks-within-5-minutes",
      workload: "mued",
      description: "mued wrote 21 errors in 5 minutes.",
      ignored: noErrors,
    },
  },
  pm: {
    "PmErrorsLogged/warning": {
      ...many,
      runbook: "pm.md#3-monitor-for-1-hour",
      workload: "pm-backend",
      description: "pm-backend wrote 21 errors in 5 minutes.",
      ignored: { ...noErrors, "errors of another workload": { text: "ERROR: x", workload: "pm-frontend" } },
    },
  },
  "ai-backend": {
    "AiBackendErrorsLogged/warning": {
      ...many,
      runbook: "ai-backend.md#log-aggregation",
      workload: "ai-backend",
      description: "ai-backend wrote 21 errors in 5 minutes.",
      counted: errors.map((line) => ({ ...line, kind: "application" })),
      ignored: { ...noErrors, audits: { text: '{"level":"error","msg":"refused"}', kind: "audit" } },
    },
    "AiBackendSecurityWarningsLogged/warning": {
      for: "1m",
      channels: "slack",
      receiver: "slack",
      runbook: "ai-backend.md#log-aggregation",
      workload: "ai-backend",
      good: 10,
      minutes: 5,
      description: "ai-backend wrote 11 warnings and errors of the security log in 5 minutes.",
      counted: ["WARNING", "ERROR"].map((level) => ({ text: `06:00:00 - ${level} - key refused`, kind: "security" })),
      ignored: {
        information: { text: "06:00:00 - INFO - key accepted", kind: "security" },
        "warnings of the audits": { text: "06:00:00 - WARNING - slow", kind: "audit" },
        "warnings of the application": { text: "06:00:00 - WARNING - slow", kind: "application" },
      },
    },
  },
};
