/** Advice on the alerts of the systems' runbooks, and on their objectives. */
import { earlierRelease, type AdviceByName } from "./advice";

const dayBefore = "The panel beside the day before, and what changed since: a release, a migration, more users.";

const prism: AdviceByName = {
  PrismModelTrainingFailed: {
    look: "`kubectl logs deployment/prism-model-training`: the job's error. Each try counts, and the last of three may have succeeded.",
    back: "15 minutes without a failed try. Mend the cause (database, key of OpenAI, data); the queue keeps the failed jobs.",
  },
  PrismInsightsGenerationFailed: {
    look: "`kubectl logs deployment/prism-monthly-insights`: the job's error, and for which user.",
    back: "15 minutes without a failed try. Mend the cause, and start the insights again at the API (`/api/admin/trigger-insights`).",
  },
  PrismFeedbackCorrectionRateHigh: {
    look: "Which suggestions users correct (`ai_feedback`), and whether it began with a new model or a release.",
    back: "At most 30 % of an hour's feedback. Activate the model before, or train one with the corrections.",
  },
};

const omniops: AdviceByName = {
  OmniOpsSentimentLatencyHigh: {
    look: "Whether the ML API is slow for everybody (its status page), the error rate beside it, and the length of the texts.",
    back: "P95 of at most a second. Wait for the ML API, or turn the feature down in `omniops:features`.",
  },
  OmniOpsMlApiErrorRateHigh: {
    look: "The status of the errors in the application's log: 429 is the rate limit, 401 the key, 5xx the ML API itself.",
    back: "At most 0.5 % of the requests. Lower a feature's percentage in `omniops:features`, correct the key, or wait.",
  },
  OmniOpsQueueLagHigh: {
    look: "Panel `Jobs that wait`: does the queue grow? Then whether the pods take jobs at all, and how long the ML API takes for each.",
    back: "An oldest job of at most 30 s. Add replicas, or lower a feature's percentage in `omniops:features`.",
  },
  OmniOpsPhase4ErrorRateHigh: {
    look: "The log of `omniops-phase4`: which route, which error. Then the database, Redis and the ML API.",
    back: `At most 1 % of the requests. Turn the feature off in \`omniops:features\`. ${earlierRelease}`,
  },
  OmniOpsMlApiUnavailable: {
    look: "The ML API's status page, and the errors in the application's log: its key and the way out of the cluster.",
    back: "95 % of the requests. Turn the features off in `omniops:features` until the ML API is back.",
  },
  OmniOpsCostSpike: {
    look: "What asks so much: a feature's percentage that was raised, a backfill, jobs that are tried again and again.",
    back: "The next day at 00:00 UTC, when the cost begins at 0. Lower the percentage in `omniops:features` before.",
  },
  OmniOpsErrorBudgetBurn: {
    look: "Panel `Requests of Phase 4` over the window that the alert names, and what the errors have in common.",
    back: `A short window within the limit again. What causes the errors is as for \`OmniOpsPhase4ErrorRateHigh\`. ${earlierRelease}`,
  },
};

const mued: AdviceByName = {
  MuedDatabaseCpuHigh: {
    look: "`SELECT query, state, now() - query_start FROM pg_stat_activity ORDER BY 3 DESC`: a long query, or many of one kind. Does it use its index?",
    back: "At most 1.5 times the day before. End the query, or add the index that it lacks.",
  },
  MuedBatchJobMissed: {
    look: "`kubectl get cronjob mued-calculate-rag-metrics-daily` (suspended?), and the log of its last Job.",
    back: "A run that succeeds: `kubectl create job --from=cronjob/mued-calculate-rag-metrics-daily by-hand`.",
  },
  MuedSloMissed: {
    look: "The row of that day in `rag_metrics_history`: `slo_compliance` says which of citation rate, latency and cost was missed.",
    back: "A day that meets its objectives. They are `mued:slo`.",
  },
  MuedErrorRateIncreased: {
    look: `${dayBefore} The application's log has the errors.`,
    back: `Less than 5 % above the day before. ${earlierRelease}`,
  },
  MuedCriticalFunctionalityBroken: {
    look: "Ask the address as users do (`curl -i`), then the pods, the ingress and DNS, in this order.",
    back: `The right answer at that address. ${earlierRelease}`,
  },
  MuedPerformanceDegraded: {
    look: `${dayBefore} Then the database: is it busy, or waiting for a lock?`,
    back: `At most 1.5 times the day before, or 100 ms. ${earlierRelease}`,
  },
};

const pm: AdviceByName = {
  PmErrorRateHigh: {
    look: "The log of `pm-backend`, and `/api/admin/observability/errors/stats`: which route, which error, since when.",
    back: `At most 5 % for the page, 2 % for the warning, 1 % for the note. ${earlierRelease}`,
  },
  PmSystemUnhealthy: {
    look: "`/api/admin/observability/health` and the panel `Components`: which of them is missing.",
    back: "All components healthy in all pods.",
  },
  PmResponseTimeHigh: {
    look: "Panel `Slowest pods`, and `/api/admin/observability/performance/slow`. Then the database's longest transaction and its slow queries.",
    back: `P95 below 5000 ms for the page, at most 2000 ms for the warning. ${earlierRelease}`,
  },
  PmDatabaseConnectionFailures: {
    look: "Is `DatabaseDown` or `DatabaseConnectionsHigh` firing? If only one pod is named, its log. An application without `pm_component_health` may lack something else.",
    back: "Every pod reaches the database. Once it is there, pods that do not connect again by themselves need a restart.",
  },
  PmDiskSpaceLow: {
    look: "Which volume, and what fills it: WAL that is not archived, a table, Redis' file.",
    back: "10 % free. [Enlarge the volume](../configuration-guide.md#the-size-of-a-volume), or stop and remove what fills it.",
  },
  PmMemoryUsageHigh: {
    look: "Panel `Memory`: a slow rise is a leak, a step is a release or more users. A container without `memoryLimit` is not watched, nor is PostgreSQL, whose memory has the cache of its files.",
    back: `At most 90 % of the limit. Restart the pod, or raise its \`memoryLimit\` in \`pm:workloads\`. ${earlierRelease}`,
  },
  PmDeadLetterQueueLong: {
    look: "`/api/admin/neo4j/dead-letter`: the error that the items have in common. Is Neo4j there?",
    back: "At most 100 items. Mend the cause, then have them tried again or discard them.",
  },
  PmUnresolvedErrorGroups: {
    look: "Panel `What waits for people`, and the groups in `error_aggregation`: the newest first.",
    back: "At most 10 groups. Resolve those that are mended.",
  },
  PmMostRequestsFail: {
    look: "Did a release, a migration or a change of the configuration come just before? Then `PmErrorRateHigh`.",
    back: `At most half of the requests. ${earlierRelease}`,
  },
  PmPerformanceDegraded: {
    look: dayBefore,
    back: `At most 1.5 times the day before, or 100 ms. ${earlierRelease}`,
  },
  PmMultipleCriticalErrors: {
    look: "The other critical alerts of the page: what do they have in common?",
    back: `One of them at most. ${earlierRelease}`,
  },
};

const aiBackend: AdviceByName = {
  AiBackendResponseTimeHigh: {
    look: "`/health/detailed`: models, database, cache. A cold cache or a model that is loaded for each request is slow.",
    back: `P95 of at most 2 s. Add replicas, or raise \`MODEL_CACHE_SIZE\`. ${earlierRelease}`,
  },
  AiBackendErrorRateHigh: {
    look: "The log of `ai-backend`: which route, which error. `/health/detailed` says what it lacks.",
    back: `At most 1 % of the requests. ${earlierRelease}`,
  },
  AiBackendMemoryUsageHigh: {
    look: "Panel `Memory usage`, and the models that are loaded (`/health/detailed`). A container without `memoryLimit` is not watched, nor is PostgreSQL.",
    back: "At most 80 % of the limit. Lower `MODEL_CACHE_SIZE`, or raise the limit.",
  },
  AiBackendCacheHitRateLow: {
    look: "Redis: has it restarted, does it evict (panel `Evicted keys`), or is what users ask new?",
    back: "80 % of the results. After a restart that takes its time; otherwise give the cache more memory (`ai-backend:redis.memory`).",
  },
  AiBackendModelAccuracyLow: {
    look: "Which model, since when, and which version of it the volume has.",
    back: "70 %. Train the model again, or [put the version before back](../recovery.md#restore-the-ai-backends-models).",
  },
  AiBackendServiceDown: {
    look: "`kubectl get pods` and `/health/detailed` of one of them. No pod: as for `WorkloadUnavailable`.",
    back: `One healthy pod. ${earlierRelease} Without one the alert ends by itself after three days: then the service counts as taken down.`,
  },
  AiBackendDatabaseUnreachable: {
    look: "`POST /health/test/database`, then the database itself, its address and its password. If one pod of several is meant, that pod.",
    back: "Every pod reaches the database.",
  },
  AiBackendErrorBudgetBurn: {
    look: "The label `slo` names the objective; the alert on the same metric says what to look at.",
    back: "A short window within the limit again. Nothing has to be done if that has come to an end by itself.",
  },
};

/** Advice by system. */
export const ofSystems: Readonly<Record<string, AdviceByName>> = { prism, omniops, mued, pm, "ai-backend": aiBackend };
