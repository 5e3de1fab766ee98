/** Names that a team has: of namespaces, Deployments, containers, Services and Secrets. */
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { runProgram, type RegisteredProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () =>
    Promise.resolve(
      readerOf({
        ...emptyCluster,
        "/api/v1/namespaces/sales": { metadata: { name: "sales" } },
        "/api/v1/namespaces/sales/secrets/app": { metadata: {}, data: { "admin-key": "eA==" } },
      }),
    ),
}));

let program: RegisteredProgram;
beforeAll(async () => {
  program = await runProgram({
    "runsheet:systems": ["prism", "omniops", "pm"],
    "omniops:namespace": undefined,
    "omniops:secret": { name: "omniops-app" },
    "pm:namespace": { name: "sales", create: false },
    "pm:network": undefined,
    "pm:secret": { name: "app", create: false, keys: { ADMIN_KEY: "admin-key" } },
    "pm:ingress": { host: "pm.example", tlsSecret: "pm-tls" },
    "pm:workloads": {
      "pm-backend": { deployment: "backend", container: "backend", labels: { app: "backend" }, service: { port: 80 } },
      "pm-frontend": { selector: { app: "frontend" }, service: { name: "web" } },
    },
    "prism:workloads": { "prism-model-training": { deployment: "training" } },
  });
});

const variables = (kind: string, name: string) => {
  const { spec } = program.inputs(kind, name);
  const [{ env }] = spec.template.spec.containers;
  return Object.fromEntries(env.map((each) => [each.name, each.value ?? each.valueFrom]));
};

test("a namespace is the guide's where it names one, and one of others is not made", () => {
  expect(program.names("Namespace")).toEqual(["prism", "omniops"]);
  expect(program.inputs("Namespace", "omniops").metadata.name).toBe("production");
});

test("a Deployment has the team's name, container and labels", () => {
  const { metadata, spec } = program.inputs("Deployment", "pm-backend");
  expect(metadata).toMatchObject({ name: "backend", namespace: "sales", labels: { app: "backend" } });
  expect(spec.selector).toEqual({ matchLabels: { "app.kubernetes.io/name": "backend" } });
  expect(spec.template.spec.containers[0].name).toBe("backend");
});

test("a selector is also among the labels of the pods", () => {
  const { spec } = program.inputs("Deployment", "pm-frontend");
  expect(spec.selector).toEqual({ matchLabels: { app: "frontend" } });
  expect(spec.template.metadata.labels).toMatchObject({ app: "frontend", "app.kubernetes.io/name": "pm-frontend" });
});

test("whoever asks a workload asks its Service by the team's name and port", () => {
  expect(program.inputs("Service", "pm-backend")).toMatchObject({
    metadata: { name: "backend" },
    spec: { ports: [{ name: "http", port: 80, targetPort: "http" }] },
  });
  expect(program.inputs("Service", "pm-frontend").metadata.name).toBe("web");
  expect(variables("Deployment", "pm-frontend").API_URL).toBe("http://backend.sales:80");
  const { stringData } = program.inputs("Secret", "pm-maintenance-request");
  expect(JSON.stringify(stringData)).toContain('"http://backend.sales:80/api/signals?limit=1"');
  const rules = JSON.stringify(program.inputs("Ingress", "pm").spec.rules);
  expect(rules).toContain('"name":"backend"');
  expect(rules).toContain('"name":"web"');
});

test("a scheduled restart restarts the Deployment of the team's name", () => {
  const [{ command }] = program.inputs("CronJob", "prism-model-training-restart").spec.jobTemplate.spec.template.spec
    .containers;
  expect(command!.at(-1)).toBe("training");
});

test("a variable of a Secret of others is read by the pods alone", () => {
  const reference = { secretKeyRef: { name: "app", key: "admin-key" } };
  for (const [kind, name] of [
    ["Deployment", "pm-backend"],
    ["Job", "pm-smoke-test"],
  ] as const)
    expect(variables(kind, name).ADMIN_KEY).toMatchObject(reference);
  // It asks as anybody may.
  expect(Object.keys(variables("Job", "pm-accessible"))).not.toContain("ADMIN_KEY");
  expect(program.find("Secret", "app")).toBeUndefined();
  const { stringData } = program.inputs("Secret", "pm-secrets");
  expect(JSON.stringify(stringData)).not.toContain("ADMIN_KEY");
  expect(JSON.stringify(stringData)).toContain("TEST_API_KEY");
});

test("a Secret of the stack's has the team's name and the guide's key", () => {
  expect(program.inputs("Secret", "omniops-secrets").metadata.name).toBe("omniops-app");
  const { OPENAI_API_KEY, SECRETS_REVISION } = variables("Deployment", "omniops-phase4");
  expect(OPENAI_API_KEY).toMatchObject({ secretKeyRef: { name: "omniops-app", key: "openai-api-key" } });
  expect(SECRETS_REVISION).toBe("<id of omniops-secrets-revision>");
});
