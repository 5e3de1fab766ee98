/** Systems of the local stack, of which the samples are. */

export interface SampleSystem {
  readonly namespace: string;
  /** Pods by their Deployment. */
  readonly deployments: Readonly<Record<string, number>>;
  readonly redis: boolean;
  /** Names of the tasks, in the order in which an up runs them. */
  readonly tasks: readonly string[];
  readonly cronJobs: readonly string[];
}

const backups = (name: string) => [`${name}-dump-scheduled`, `${name}-dump-retention`, `${name}-restore-test`];

export const sampleSystems: Readonly<Record<string, SampleSystem>> = {
  prism: {
    namespace: "prism",
    deployments: { "prism-api": 2, "prism-functions": 2, "prism-model-training": 1, "prism-monthly-insights": 1 },
    redis: true,
    tasks: [
      "prism-prerequisites",
      "prism-dump",
      "prism-migrate-ai-feedback",
      "prism-migrate-ml-models",
      "prism-smoke-test",
    ],
    cronJobs: [...backups("prism"), "prism-maintenance-monthly", "prism-maintenance-quarterly"],
  },
  omniops: {
    namespace: "production",
    deployments: { "omniops-phase4": 3 },
    redis: true,
    tasks: [
      ...["omniops-prerequisites", "omniops-dump", "omniops-migrate-sentiment-analysis"],
      ...["omniops-migrate-phase4-validate-foreign-keys", "omniops-smoke-test"],
    ],
    cronJobs: [...backups("omniops"), "omniops-requeue-failed-jobs"],
  },
  mued: {
    namespace: "mued",
    deployments: { "mued-web": 2 },
    redis: false,
    tasks: ["mued-prerequisites", "mued-dump", "mued-migrate-0002-add-rag-metrics", "mued-batch-job-result"],
    cronJobs: [...backups("mued"), "mued-calculate-rag-metrics-daily"],
  },
  pm: {
    namespace: "pm",
    deployments: { "pm-backend": 2, "pm-frontend": 2 },
    redis: true,
    tasks: [
      ...["pm-prerequisites", "pm-notify-start", "pm-maintenance-on", "pm-writes-ended", "pm-dump"],
      ...["pm-migrate-v3-012-observability", "pm-views", "pm-smoke-test", "pm-maintenance-off", "pm-accessible"],
    ],
    cronJobs: [...backups("pm"), "pm-refresh-views", "pm-backlog-cleanup", "pm-scheduled-reports"],
  },
  "ai-backend": {
    namespace: "ai-backend",
    deployments: { "ai-backend": 3 },
    redis: true,
    tasks: [
      "ai-backend-prerequisites",
      "ai-backend-models-backup",
      "ai-backend-models-provide",
      "ai-backend-smoke-test",
    ],
    cronJobs: ["ai-backend-restore-test", "ai-backend-postgresql-archive-retention"],
  },
};

/** Pods of a Deployment, as the Prometheus operator labels their metrics. */
export const podsOf = (namespace: string, deployment: string, count: number) =>
  Array.from({ length: count }, (_, index) => {
    const pod = `${deployment}-7d9c5b6f8-x2k${index}q`;
    return { namespace, pod, container: deployment, job: deployment };
  });
