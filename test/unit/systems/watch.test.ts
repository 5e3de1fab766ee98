/** The watch of a release, the test of Sentry, and Datadog's annotations, as the program registers them. */
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { runProgram, type RegisteredProgram } from "../../support/program";
import type { WatchPlan } from "../../../components/watch";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

let program: RegisteredProgram;
beforeAll(async () => {
  program = await runProgram(
    {
      "runsheet:prometheus": { url: "https://prometheus.example", ca: "-----BEGIN CERTIFICATE----- demo" },
      "prism:watch": { onFailure: "rollback", minutes: 10 },
      "prism:sentryTest": true,
      "omniops:datadog": true,
      "omniops:workloads": { "omniops-phase4": { metrics: { path: "/internal/metrics", port: 9464 } } },
      "omniops:watch": { minutes: 0 },
      "mued:watch": { awaySeconds: 900, conditions: { "error rate": { risesAtMost: 2 } } },
    },
    { "runsheet:prometheusToken": "a-token", "prism:sentryDsn": "https://key@sentry.invalid/1" },
  );
});

const job = (name: string) => {
  const { containers, serviceAccountName } = program.inputs("Job", name).spec.template.spec;
  const [{ env, volumeMounts, command }] = containers;
  return {
    variables: Object.fromEntries(env.map((each) => [each.name, each.value ?? each.valueFrom])),
    volumeMounts,
    command,
    serviceAccountName,
  };
};
const planOf = (system: string) => JSON.parse(job(`${system}-watch`).variables.WATCH as string) as WatchPlan;

test("each system is watched after its tests, but for one without time", () => {
  const watching = ["prism", "omniops", "mued", "pm", "ai-backend"].filter((system) =>
    program.stepsOf(system).includes("watch"),
  );
  expect(watching).toEqual(["prism", "mued", "pm", "ai-backend"]);
  expect(program.stepsOf("prism").slice(-5)).toEqual(["verify", "sentry-test", "ingress", "watch", "maintenance"]);
  expect(program.stepsOf("mued").slice(-4)).toEqual(["verify", "ingress", "watch", "schedule"]);
  expect(program.stepsOf("pm").slice(-3)).toEqual(["accessible", "watch", "notify-success"]);
  expect(program.stepsOf("ai-backend").slice(-1)).toEqual(["watch"]);
});

test("the plan has the release, the namespace, the times and the conditions", () => {
  const { conditions, ...plan } = planOf("prism");
  expect(plan).toEqual({
    ...{ system: "prism", release: "5.0.0", namespace: "prism", url: "https://prometheus.example" },
    ...{ onFailure: "rollback", seconds: 600, windowSeconds: 120, sampleSeconds: 15, samples: 10 },
    ...{ beforeSeconds: 3600, awaySeconds: 120 },
  });
  expect(conditions.map(({ name }) => name)).toEqual([
    "error rate",
    "model training failures",
    "insights generation errors",
    "feedback correction rate",
  ]);
  expect(planOf("mued").conditions[0]).toMatchObject({ name: "error rate", risesAtMost: 2 });
});

test("the pod has the workloads, the schema, the token and the authority", () => {
  const { variables, volumeMounts, command, serviceAccountName } = job("prism-watch");
  expect(command).toEqual(["node", "/runsheet/watch.cjs"]);
  expect(serviceAccountName).toBe("prism-watch");
  const rollouts = JSON.parse(variables.ROLLOUTS as string) as { deployment: string; revision: string }[];
  expect(rollouts.map(({ deployment }) => deployment)).toEqual([
    "prism-api",
    "prism-model-training",
    "prism-monthly-insights",
    "prism-functions",
  ]);
  expect(variables).toMatchObject({
    SCHEMA: "<id of prism-schema-change>",
    ROLLOUT_SECONDS: "300",
    PROMETHEUS_TOKEN: { secretKeyRef: { key: "PROMETHEUS_TOKEN" } },
    NODE_EXTRA_CA_CERTS: "/secrets/0/ca.crt",
  });
  expect(volumeMounts).toContainEqual({ name: "secret-0", mountPath: "/secrets/0", readOnly: true });
});

test("the Job may take as long as the watch and the way back can", () => {
  const deadlineOf = (system: string) => program.inputs("Job", `${system}-watch`).spec.activeDeadlineSeconds;
  // The end of the watch, ten samples more, twice `awaySeconds`, a start; four workloads back and forth.
  expect(deadlineOf("prism")).toBe(600 + 150 + 2 * 120 + 600 + 4 * 600);
  expect(deadlineOf("mued")).toBe(300 + 150 + 2 * 900 + 600);
});

test("what has the release and is not taken back with the pods is told", () => {
  expect(planOf("pm").leaves).toEqual(["pm-scheduled-reports"]);
  expect(planOf("prism")).not.toHaveProperty("leaves");
});

test("its account reads pods, and writes to the system's own Deployments alone", () => {
  expect(program.inputs("Role", "mued-watch").rules).toEqual([
    { apiGroups: ["apps"], resources: ["deployments"], resourceNames: ["mued-web"], verbs: ["get", "patch"] },
    { apiGroups: ["apps"], resources: ["replicasets"], verbs: ["list"] },
    { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
  ]);
});

test("Kubernetes keeps former pods only where a release may be taken back", () => {
  expect(program.inputs("Deployment", "prism-api").spec.revisionHistoryLimit).toBe(10);
  expect(program.inputs("Deployment", "mued-web").spec.revisionHistoryLimit).toBe(0);
});

test("the test of Sentry has the DSN from a Secret, and the runbook's message", () => {
  const { variables, command } = job("prism-sentry-test");
  expect(command).toEqual(["node", "/runsheet/sentry.cjs"]);
  expect(variables.SENTRY_DSN).toMatchObject({ secretKeyRef: { key: "SENTRY_DSN" } });
  expect(JSON.parse(variables.MESSAGE as string)).toEqual({
    message: "Phase 5 deployment verification",
    ...{ system: "prism", release: "5.0.0", namespace: "prism", withinSeconds: 20 },
  });
});

test("Datadog's agent finds OmniOps' pods, and the names of the guide", () => {
  const { metadata } = program.inputs("Deployment", "omniops-phase4").spec.template as unknown as {
    metadata: { annotations: Record<string, string> };
  };
  const { openmetrics } = JSON.parse(metadata.annotations["ad.datadoghq.com/main.checks"]!) as {
    openmetrics: { init_config: object; instances: [{ metrics: [Record<string, string>] }] };
  };
  expect(openmetrics).toMatchObject({
    init_config: {},
    instances: [{ openmetrics_endpoint: "http://%%host%%:9464/internal/metrics", namespace: "omniops" }],
  });
  expect(Object.values(openmetrics.instances[0].metrics[0])).toEqual([
    "sentiment.latency",
    "ml_api.requests",
    "ml_api.errors",
    "ml_api.availability",
    "ml_api.cost_daily",
    "queue.lag",
    "phase4.requests",
    "phase4.errors",
  ]);
});
