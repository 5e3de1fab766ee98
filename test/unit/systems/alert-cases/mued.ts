import type { AlertCases } from "../../../support/alerts/alert-case";
import { counter, gauge, secondsAgo, steady } from "../../../support/alerts/levels";

const rollback = { channels: "pagerduty", runbook: "mued.md#when-to-rollback" } as const;

/** A day, and the window of a rate. */
const dayBefore = 1446;

const chat = (status: string) => `http_requests_total{route="/api/ai/chat",status="${status}"}`;
const took = (le: string) => `http_request_duration_seconds_bucket{route="/api/ai/chat",le="${le}"}`;
const cpu = 'container_cpu_usage_seconds_total{container="postgres",pod="mued-postgresql-1"}';
const succeeded = 'kube_cronjob_status_last_successful_time{cronjob="mued-calculate-rag-metrics-daily"}';

export const muedCases: AlertCases = {
  "MuedDatabaseCpuHigh/warning": {
    for: "15m",
    channels: "slack",
    runbook: "mued.md#hour-1",
    description: "The database uses 0.32 processors.",
    series: { [cpu]: counter(9, 10, 6), [cpu.replace("-1", "-2")]: counter(9, 9, 6) },
    window: 5,
    before: dayBefore,
    traps: [
      { title: "a database that does next to nothing", series: { [cpu]: counter(6, 11, 6) } },
      {
        title: "no day before",
        series: { [cpu]: counter(24, 24, 0) },
        description: "The database uses 0.40 processors.",
      },
      {
        title: "the database of a restore test",
        series: {
          [cpu]: counter(12, 12, 12),
          [cpu.replace("mued-postgresql-1", "mued-restore-test-database-1")]: counter(40, 40, 0),
        },
      },
      {
        title: "the application's processors",
        series: { 'container_cpu_usage_seconds_total{container="web"}': counter(12, 60, 12) },
      },
    ],
  },
  "MuedBatchJobMissed/warning": {
    for: "15m",
    channels: "slack",
    runbook: "mued.md#hour-12",
    description: "calculate-rag-metrics succeeded last 1d 2h 1m 0s ago.",
    labels: { cronjob: "mued-calculate-rag-metrics-daily" },
    series: { [succeeded]: secondsAgo(93_600, 93_660) },
    traps: [
      {
        title: "it never succeeded since it was made",
        series: { 'kube_cronjob_created{cronjob="mued-calculate-rag-metrics-daily"}': secondsAgo(0, 93_660) },
        description: "calculate-rag-metrics succeeded last 1d 2h 1m 0s ago.",
      },
      {
        title: "another schedule",
        series: {
          [succeeded]: secondsAgo(0, 0),
          'kube_cronjob_created{cronjob="mued-restore-test"}': secondsAgo(0, 99_999),
          'kube_cronjob_status_last_successful_time{cronjob="mued-restore-test"}': secondsAgo(0, 99_999),
        },
      },
    ],
  },
  "MuedSloMissed/info": {
    for: "15m",
    channels: "slack",
    runbook: "mued.md#hour-12",
    description: "SLO compliance of the latest day: overallMet is 0.",
    series: { 'mued_rag_slo_met{pod="a"}': gauge(1, 0), 'mued_rag_slo_met{pod="b"}': steady(1) },
  },
  "MuedErrorRateIncreased/critical": {
    ...rollback,
    for: "5m",
    role: "symptom",
    description: "The error rate is 6% of the requests above the day before.",
    series: { [chat("200")]: counter(92.1, 91, 97), [chat("503")]: counter(7.9, 9, 3) },
    window: 2,
    before: dayBefore,
    traps: [
      {
        title: "no request the day before",
        series: { [chat("200")]: counter(94, 94, 0), [chat("503")]: counter(6, 6, 0) },
        description: "The error rate is 6% of the requests above the day before.",
      },
      {
        title: "no error the day before, and 4 % now",
        series: { [chat("200")]: counter(96, 96, 100), [chat("503")]: counter(4, 4, 0) },
      },
      {
        title: "probes and scrapes do not lower the rate",
        series: {
          [chat("200")]: counter(94, 94, 100),
          [chat("500")]: counter(6, 6, 0),
          'http_requests_total{route="/api/health",status="200"}': counter(9999, 9999),
          'http_requests_total{route="/metrics",status="200"}': counter(9999, 9999),
        },
        description: "The error rate is 6% of the requests above the day before.",
      },
      {
        title: "requests that are refused are no errors",
        series: { [chat("200")]: counter(50, 50, 100), [chat("429")]: counter(50, 50, 0), [chat("500")]: steady(0) },
      },
    ],
  },
  "MuedCriticalFunctionalityBroken/critical": {
    ...rollback,
    for: "2m",
    role: "cause",
    description: "https://mued.example.com/api/health does not answer as it should: probe_success is 0.",
    labels: { instance: "https://mued.example.com/api/health" },
    series: { 'probe_success{instance="https://mued.example.com/api/health"}': gauge(1, 0) },
  },
  "MuedPerformanceDegraded/critical": {
    ...rollback,
    for: "10m",
    role: "symptom",
    description: "The 95th percentile of a request is 175ms.",
    series: {
      [took("0.1")]: counter(0, 0, 95),
      [took("0.15")]: counter(95, 90),
      [took("0.2")]: counter(100, 100),
      [took("+Inf")]: counter(100, 100),
    },
    window: 5,
    before: dayBefore,
    traps: [
      {
        title: "four times as slow as the day before, and still fast",
        series: {
          [took("0.01")]: counter(0, 0, 100),
          [took("0.04")]: counter(100, 100),
          [took("+Inf")]: counter(100, 100),
        },
      },
    ],
  },
};
