import { shareCases, timeCases } from "../../../support/alerts/burn-rate-cases";
import type { AlertCases } from "../../../support/alerts/alert-case";
import { appears, counter, gauge, steady, type Series } from "../../../support/alerts/levels";

const key = { channels: "slack", runbook: "ai-backend.md#key-metrics-to-monitor" } as const;
const outage = { channels: "pagerduty-slack", runbook: "ai-backend.md#alert-thresholds", role: "cause" } as const;

const answered = (status: string) => `http_requests_total{route="/api/fraud",status="${status}"}`;
const took = (le: string, route = "/api/fraud") => `http_request_duration_seconds_bucket{route="${route}",le="${le}"}`;

/** Working set in a thousand bytes of limit. */
const memory = (healthy: number, faulty: number, container = "api"): Series => ({
  [`container_memory_working_set_bytes{pod="a",container="${container}"}`]: gauge(healthy, faulty),
  [`kube_pod_container_resource_limits{pod="a",container="${container}",resource="memory"}`]: steady(1000),
});
const cache = (healthy: number, faulty: number): Series => ({
  'ai_backend_cache_hit_rate{pod="a"}': gauge(healthy, faulty),
  'ai_backend_requests_per_minute{pod="a"}': steady(5),
});
const accuracy = (healthy: number, faulty: number): Series => ({
  'ai_backend_model_accuracy{pod="a",model_type="fraud_detection"}': gauge(healthy, faulty),
  'ai_backend_model_accuracy{pod="b",model_type="fraud_detection"}': gauge(healthy, faulty),
});
const health: Series = { 'ai_backend_health_status{pod="a"}': gauge(1, 0) };
const database: Series = {
  'ai_backend_component_health{pod="a",component="database"}': gauge(1, 0),
  'ai_backend_component_health{pod="b",component="database"}': steady(1),
};

const alertCases: AlertCases = {
  "AiBackendResponseTimeHigh/warning": {
    ...key,
    for: "10m",
    role: "symptom",
    description: "The 95th percentile of a request is 2.25s.",
    series: {
      [took("1")]: counter(0, 0),
      [took("2")]: counter(95, 90),
      [took("2.5")]: counter(100, 100),
      [took("+Inf")]: counter(100, 100),
    },
    window: 5,
    traps: [
      {
        title: "a probe that is slow",
        series: { [took("2", "/health/detailed")]: counter(0, 0), [took("+Inf", "/health/detailed")]: counter(9, 9) },
      },
    ],
  },
  "AiBackendErrorRateHigh/warning": {
    ...key,
    for: "10m",
    role: "symptom",
    description: "1.1% of the requests fail.",
    series: { [answered("200")]: counter(990, 989), [answered("500")]: counter(10, 11) },
    window: 5,
    traps: [
      {
        title: "a ratio of 0.9 % is below 1 %",
        series: { [answered("200")]: counter(991, 991), [answered("500")]: counter(9, 9) },
      },
      {
        title: "probes do not lower the rate",
        series: {
          [answered("200")]: counter(989, 989),
          [answered("500")]: counter(11, 11),
          [answered("200").replace("/api/fraud", "/health/live")]: counter(9999, 9999),
        },
        description: "1.1% of the requests fail.",
      },
      {
        title: "a probe that fails",
        series: {
          [answered("200")]: counter(99, 99),
          [answered("503").replace("/api/fraud", "/health/ready")]: counter(9, 9),
        },
      },
      {
        title: "a status in classes, as some libraries write it",
        series: { [answered("2xx")]: counter(98, 98), [answered("5xx")]: counter(2, 2) },
        description: "2% of the requests fail.",
      },
    ],
  },
  "AiBackendMemoryUsageHigh/warning": {
    ...key,
    for: "10m",
    description: "api in a uses 81% of its memory limit.",
    labels: { pod: "a", container: "api" },
    series: memory(800, 810),
    traps: [{ title: "PostgreSQL, whose memory has the cache of its files", series: memory(990, 990, "postgres") }],
  },
  "AiBackendCacheHitRateLow/warning": {
    ...key,
    for: "10m",
    description: "79% of the results come from the cache.",
    series: cache(0.8, 0.79),
    traps: [
      {
        title: "nothing is asked",
        series: { ai_backend_cache_hit_rate: steady(0), ai_backend_requests_per_minute: steady(0) },
      },
      {
        title: "a pod that has not been asked",
        series: { ...cache(0.79, 0.79), 'ai_backend_cache_hit_rate{pod="b"}': steady(NaN) },
        description: "79% of the results come from the cache.",
      },
    ],
  },
  "AiBackendModelAccuracyLow/info": {
    ...key,
    for: "15m",
    description: "The accuracy of fraud_detection is 69%.",
    labels: { model_type: "fraud_detection" },
    series: accuracy(0.7, 0.69),
    traps: [
      {
        title: "an application whose label is `type`",
        series: { 'ai_backend_model_accuracy{pod="a",type="nlp_invoice"}': steady(0.69) },
        description: "The accuracy of nlp_invoice is 69%.",
        labels: { type: "nlp_invoice" },
      },
    ],
  },
  "AiBackendServiceDown/critical": {
    ...outage,
    for: "1m",
    description: "0 pods say that they are healthy.",
    series: health,
    traps: [
      {
        title: "no pod is scraped",
        series: { 'ai_backend_health_status{pod="a"}': appears(0, 1, 1) },
        description: "0 pods say that they are healthy.",
      },
      { title: "it was never there: the stack is about to be made", series: {} },
      { title: "its first pods load their models", series: { 'ai_backend_health_status{pod="a"}': steady(0) } },
      {
        title: "one of two pods is healthy",
        series: { 'ai_backend_health_status{pod="a"}': steady(0), 'ai_backend_health_status{pod="b"}': steady(1) },
      },
    ],
  },
  "AiBackendDatabaseUnreachable/critical": {
    ...outage,
    for: "2m",
    description: "A pod does not reach the database: ai_backend_component_health is 0.",
    series: database,
    traps: [
      {
        title: "another component",
        series: { 'ai_backend_component_health{pod="a",component="redis"}': steady(0) },
      },
    ],
  },
};

const channels = { critical: "pagerduty-slack", warning: "slack", info: "slack" };
const objective = { alert: "AiBackendErrorBudgetBurn", channels, allowed: 0.01 };
const warning = { ...objective, severity: { fast: "warning", slow: "info" }, runbook: key.runbook };
const info = { ...objective, severity: { fast: "info", slow: "info" }, runbook: key.runbook };
const critical = { ...objective, severity: { fast: "critical", slow: "warning" }, runbook: outage.runbook };

export const aiBackendCases: AlertCases = {
  ...alertCases,
  ...shareCases(
    {
      ...warning,
      slo: "response-time",
      allowed: 0.05,
      description: "the requests took more than 2 s. The objective allows 5 %.",
    },
    (healthy, faulty, all) => ({
      [took("2.0")]: counter(all * (1 - healthy), all * (1 - faulty)),
      'http_request_duration_seconds_count{route="/api/fraud"}': counter(all, all),
    }),
  ),
  ...shareCases(
    { ...warning, slo: "error-rate", description: "the requests failed. The objective allows 1 %." },
    (healthy, faulty, all) => ({
      [answered("200")]: counter(all * (1 - healthy), all * (1 - faulty)),
      [answered("503")]: counter(all * healthy, all * faulty),
    }),
  ),
  ...timeCases(
    {
      ...warning,
      slo: "memory-usage",
      description: "the time a container used more than 80 % of its memory limit. The objective allows 1 %.",
    },
    memory(800, 810),
  ),
  ...timeCases(
    {
      ...warning,
      slo: "cache-hit-rate",
      description: "the time the cache hit rate was below 80 %. The objective allows 1 %.",
    },
    cache(0.8, 0.79),
  ),
  ...timeCases(
    {
      ...info,
      slo: "model-accuracy",
      description: "the time the accuracy of a model was below 70 %. The objective allows 1 %.",
    },
    accuracy(0.7, 0.69),
  ),
  ...timeCases(
    { ...critical, slo: "service", description: "the time the service was down. The objective allows 1 %." },
    health,
  ),
  ...timeCases(
    { ...critical, slo: "database", description: "the time the database was unreachable. The objective allows 1 %." },
    database,
  ),
};
