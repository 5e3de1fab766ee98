/** The key `runsheet:registries`, whose logins reach every pod of a stack. */
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { labImages } from "../../support/monitoring/settings";
import { useOperatorManifest } from "../../support/operator-manifest";
import { runProgram, type RegisteredProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

useOperatorManifest();
const robot = (password: string) => ({ username: "robot", password });

let program: RegisteredProgram;
beforeAll(async () => {
  program = await runProgram(
    {
      "runsheet:systems": ["pm", "mued"],
      "runsheet:registries": { "runsheet.lab": robot("mirror"), "registry.example": robot("mirror") },
      "runsheet:monitoring": { engine: "prometheus-operator", images: labImages, logs: { store: "victorialogs" } },
      "mued:registries": { "registry.example": robot("ours") },
      "mued:postgres": { engine: "cloudnativepg", pooler: { mode: "session", instances: 2 } },
    },
    { "runsheet:mirror": "the mirror's", "mued:ours": "ours" },
  );
});
const secretOf = (kind: string, name: string) => {
  const { spec } = program.inputs(kind, name);
  const { spec: pod } = kind === "CronJob" ? spec.jobTemplate.spec.template : (spec.template ?? { spec });
  return pod.imagePullSecrets;
};

test("every pod of a system has its system's Secret, its exporters too", () => {
  for (const kind of ["Deployment", "StatefulSet", "Job", "CronJob"]) {
    const names = program.names(kind).filter((name) => /^(pm|mued)-/.test(name));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names)
      expect([name, secretOf(kind, name)]).toEqual([name, [{ name: `${name.split("-")[0]}-registries` }]]);
  }
  expect(program.names("Deployment")).toEqual(expect.arrayContaining(["pm-redis-exporter"]));
});

test.each([
  ["Cluster", "mued-postgresql"],
  ["Cluster", "pm-postgresql"],
])("so has what the operator makes for %s %s", (kind, name) =>
  expect(program.inputs(kind, name).spec).toMatchObject({
    imagePullSecrets: [{ name: `${name.split("-")[0]}-registries` }],
  }),
);

test("and for a pooler", () =>
  expect(secretOf("Pooler", "mued-postgresql-pooler")).toEqual([{ name: "mued-registries" }]));

test.each([
  ["Deployment", "runsheet-monitoring/prometheus-operator"],
  ["Deployment", "vmalert-output"],
  ["Deployment", "kube-state-metrics"],
  ["DaemonSet", "node-exporter"],
  ["DaemonSet", "log-collector"],
  ["StatefulSet", "victorialogs"],
  ["Prometheus", "prometheus"],
  ["Alertmanager", "alertmanager"],
])("the monitoring's %s %s has its namespace's", (kind, name) =>
  expect(secretOf(kind, name)).toEqual([{ name: "runsheet-registries" }]),
);

test.each([
  ["pm-registries", "pm", "pm-registries", "the mirror's"],
  ["mued-registries", "mued", "mued-registries", "ours"],
  ["monitoring-registries", "runsheet-monitoring", "runsheet-registries", "the mirror's"],
  ["monitoring-nodes-registries", "runsheet-monitoring-nodes", "runsheet-registries", "the mirror's"],
])("the Secret %s has every login; a system's own comes first", (resource, namespace, name, password) => {
  const { metadata, stringData } = program.inputs("Secret", resource);
  expect(metadata).toMatchObject({ name, namespace });
  const { value } = stringData as { value: Record<string, string> };
  expect(JSON.parse(value[".dockerconfigjson"]!)).toEqual({
    auths: {
      "runsheet.lab": { username: "robot", password: "the mirror's" },
      "registry.example": { username: "robot", password },
    },
  });
});
