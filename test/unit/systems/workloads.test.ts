/** Pods of workloads, with the key `workloads`. */
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { runProgram, type PodSpec, type RegisteredProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const training = {
  replicas: 2,
  resources: { cpu: "2", memory: "4Gi", memoryLimit: "6Gi" },
  gracePeriodSeconds: 7200,
  environment: { NODE_OPTIONS: "--max-old-space-size=4096", RETRAINING_THRESHOLD: "10" },
  secrets: { WANDB_API_KEY: "wandbApiKey" },
  writable: { "/app/logs": "2Gi" },
  command: ["node", "dist/training.js"],
  nodeSelector: { pool: "training" },
  tolerations: [{ key: "dedicated", value: "training", effect: "NoSchedule" }],
};
const secrets = {
  ...Object.fromEntries(
    ["openaiApiKey", "supabaseServiceRoleKey", "supabaseAnonKey", "adminToken", "wandbApiKey"].map((key) => [
      `prism:${key}`,
      `the ${key}`,
    ]),
  ),
  "pm:sentryDsn": "https://sentry.invalid/1",
};

let program: RegisteredProgram;
beforeAll(async () => {
  program = await runProgram(
    {
      "runsheet:systems": ["prism", "omniops", "pm"],
      "prism:application": { api: "registry.example/api", functions: "registry.example/functions" },
      "prism:smokeTest": { businessId: "00000000-0000-4000-8000-000000000002" },
      "prism:baseline": false,
      "prism:generateSecrets": false,
      "prism:workloads": { "prism-model-training": training, "prism-functions": { port: 9000 } },
      "omniops:workloads": {
        "omniops-phase4": { labels: { app: "omniops" }, writable: { "/app/.next/cache": "1Gi" } },
      },
      "pm:workloads": {
        "pm-backend": { secrets: { SENTRY_DSN: "sentryDsn" }, nodeSelector: { pool: "jobs" } },
      },
    },
    secrets,
  );
});

const pod = (name: string): PodSpec => program.inputs("Deployment", name).spec.template.spec;
const variables = ({ containers: [{ env }] }: PodSpec) =>
  Object.fromEntries(env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
const writable = ({ containers: [{ volumeMounts }], volumes }: PodSpec) =>
  volumeMounts.flatMap(({ mountPath, name }) => {
    const size = volumes.find((volume) => volume.name === name)?.emptyDir?.sizeLimit;
    return size === undefined ? [] : [`${mountPath} ${size}`];
  });

test("a workload has its pods, resources, command, time to end, nodes and directories", () => {
  const { spec } = program.inputs("Deployment", "prism-model-training");
  const training = pod("prism-model-training");
  expect(spec.replicas).toBe(2);
  expect(training).toMatchObject({
    terminationGracePeriodSeconds: 7205,
    nodeSelector: { pool: "training" },
    tolerations: [{ key: "dedicated", operator: "Equal", value: "training", effect: "NoSchedule" }],
  });
  expect(training.containers[0]).toMatchObject({
    command: ["node", "dist/training.js"],
    resources: { requests: { cpu: "2", memory: "4Gi" }, limits: { memory: "6Gi" } },
  });
  expect(writable(training)).toEqual(["/tmp 1Gi", "/app/logs 2Gi"]);
});

test("its variables replace the runbook's, and its secrets are in its own Secret", () => {
  expect(variables(pod("prism-model-training"))).toMatchObject({
    FEEDBACK_BATCH_SIZE: "100",
    RETRAINING_THRESHOLD: "10",
    NODE_OPTIONS: "--max-old-space-size=4096",
    WANDB_API_KEY: { secretKeyRef: { name: "prism-model-training-variables-autonamed", key: "WANDB_API_KEY" } },
  });
  expect(program.inputs("Secret", "prism-model-training-variables").stringData).toMatchObject({
    value: { WANDB_API_KEY: "the wandbApiKey" },
  });
});

test("other workloads have none of it", () => {
  const insights = pod("prism-monthly-insights");
  expect(insights.nodeSelector).toBeUndefined();
  expect(insights.tolerations).toBeUndefined();
  expect(variables(insights)).toMatchObject({ RETRAINING_THRESHOLD: "50" });
  expect(Object.keys(variables(insights))).not.toContain("WANDB_API_KEY");
  expect(writable(insights)).toEqual(["/tmp 1Gi"]);
});

test("a port is the process', and the Service keeps its own for those who call it", () => {
  expect(variables(pod("prism-functions"))).toMatchObject({ PORT: "9000" });
  expect(pod("prism-functions").containers[0].ports).toEqual([{ name: "http", containerPort: 9000 }]);
  expect(program.inputs("Service", "prism-functions").spec.ports).toEqual([
    { name: "http", port: 3000, targetPort: "http" },
  ]);
  expect(variables(pod("prism-api"))).toMatchObject({
    PORT: "3000",
    SUPABASE_URL: "http://prism-functions.prism:3000",
  });
});

test("a job that runs an application's image has what its workload has", () => {
  const job = (name: string) => program.inputs("CronJob", name).spec.jobTemplate.spec.template.spec;
  expect(writable(job("omniops-requeue-failed-jobs"))).toEqual(["/tmp 1Gi", "/app/.next/cache 1Gi"]);
  const reports = job("pm-scheduled-reports");
  expect(writable(reports)).toEqual(["/tmp 1Gi", "/app/backend/logs 1Gi"]);
  expect(reports.nodeSelector).toEqual({ pool: "jobs" });
  expect(variables(reports)).toMatchObject({
    SENTRY_DSN: { secretKeyRef: { name: "pm-scheduled-reports-variables-autonamed", key: "SENTRY_DSN" } },
  });
});

test("labels are the Deployment's and its pods', and not in the selector", () => {
  const { metadata, spec } = program.inputs("Deployment", "omniops-phase4");
  expect(metadata.labels).toMatchObject({ app: "omniops", "app.kubernetes.io/name": "omniops-phase4" });
  expect(spec.template.metadata.labels).toMatchObject({ app: "omniops", "app.kubernetes.io/name": "omniops-phase4" });
  expect(spec.selector).toEqual({ matchLabels: { "app.kubernetes.io/name": "omniops-phase4" } });
});
