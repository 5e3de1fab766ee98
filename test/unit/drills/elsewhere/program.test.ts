/** Copy of a stack's databases: what it has, and that nothing of it writes to the original's object store. */
import type { RegistryLogins } from "../../../../components/kubernetes/registries";
import { network } from "../../../../components/system/network-settings";
import { migrationSource } from "../../../../components/system/migration-settings";
import { copyOf } from "../../../../drills/elsewhere/program";
import { systems } from "../../../../systems";
import { collectResources, settled, type Registered } from "../../../support/mocks";

let resources: readonly Registered[];
beforeAll(async () => {
  resources = collectResources("runsheet-drill", "production-elsewhere");
  const shipped = systems.find(({ name }) => name === "prism")!.migrations;
  const spec = {
    imageName: "postgresql:17",
    storage: { size: "10Gi" },
    postgresql: { parameters: { max_connections: "200" } },
  };
  const database = (system: string) => ({
    ...{ system, namespace: `drill-${system}`, name: `${system}-postgresql`, database: system.replace("-", "_") },
    ...{ server: `${system}-postgresql-1a2b`, spec },
    keys: { accessKeyId: `id of ${system}`, secretAccessKey: `key of ${system}` },
    logins: (system === "prism" ? { "registry.example": { username: "robot", password: "p" } } : {}) as RegistryLogins,
    network: network.parse({ operator: "databases", outside: [8443] }),
  });
  const bucket = { endpoint: "https://s3.example:9000", bucket: "backups", prefix: "production", region: "eu-west-1" };
  const store = { ...bucket, ca: "an authority" };
  copyOf({
    context: "prod",
    store,
    images: { postgresql: "postgresql:17", sqitch: "registry.example/sqitch:1.5" },
    databases: [
      { ...database("prism"), migrations: migrationSource(undefined, shipped, "5.0.0") },
      database("ai-backend"),
    ],
    seconds: 3600,
  });
  await settled();
});

const inputs = (type: string, name: string) =>
  resources.find((each) => each.type.endsWith(`:${type}`) && each.name === name)!.inputs as {
    metadata: { name: string; namespace: string };
    spec: Record<string, unknown>;
  };

test.each(["prism", "ai-backend"])("%s is read with keys of its own", (system) => {
  expect(inputs("Secret", `${system}-store`)).toMatchObject({
    stringData: { value: { accessKeyId: `id of ${system}`, secretAccessKey: `key of ${system}` } },
  });
});

test("private images are pulled with the logins of the system", () => {
  const { metadata, type, stringData } = inputs("Secret", "prism-registries") as unknown as Record<string, unknown>;
  expect({ metadata, type }).toEqual({
    metadata: { name: "prism-registries", namespace: "drill-prism" },
    type: "kubernetes.io/dockerconfigjson",
  });
  expect(JSON.stringify(stringData)).toContain("robot");
  const { template } = inputs("Job", "prism-verification").spec as {
    template: { spec: { imagePullSecrets: unknown } };
  };
  expect(template.spec.imagePullSecrets).toEqual([{ name: "prism-registries" }]);
  expect(resources.some(({ name }) => name === "ai-backend-registries")).toBe(false);
});

test("the store is verified by its own authority", () => {
  expect(inputs("Secret", "prism-store")).toMatchObject({ stringData: { value: { "ca.crt": "an authority" } } });
  expect(inputs("ObjectStore", "prism-archive").spec).toMatchObject({
    configuration: { endpointCA: { name: "prism-store", key: "ca.crt" } },
  });
});

test("a database is restored from the original's archive, and archives nothing itself", () => {
  const { metadata, spec } = inputs("Cluster", "prism-database");
  expect(metadata).toMatchObject({ name: "prism-postgresql", namespace: "drill-prism" });
  expect(spec).toEqual({
    imageName: "postgresql:17",
    instances: 1,
    storage: { size: "10Gi" },
    postgresql: { parameters: { max_connections: "200" } },
    bootstrap: {
      recovery: { source: "origin", database: "prism", owner: "prism", secret: { name: "prism-postgresql-owner" } },
    },
    externalClusters: [
      {
        name: "origin",
        plugin: {
          name: "barman-cloud.cloudnative-pg.io",
          parameters: { barmanObjectName: "prism-postgresql", serverName: "prism-postgresql-1a2b" },
        },
      },
    ],
  });
  expect(inputs("ObjectStore", "prism-archive").spec).toMatchObject({
    configuration: { destinationPath: "s3://backups/production/prism/archive", endpointURL: "https://s3.example:9000" },
  });
});

test("it is verified by the verify scripts, if the system has migrations", () => {
  expect(resources.filter(({ type }) => type.endsWith(":Job")).map(({ name }) => name)).toEqual(["prism-verification"]);
});

test("there is nothing else: no application, no schedule, no message", () => {
  const kinds = new Set(
    resources.filter(({ type }) => type.startsWith("kubernetes:")).map(({ type }) => type.split(":").at(-1)),
  );
  expect([...kinds].sort()).toEqual([
    ...["Cluster", "ConfigMap", "Job", "Namespace", "NetworkPolicy", "ObjectStore", "Secret"],
  ]);
});

test("the operator alone gets in; out it goes to the store and the API server", () => {
  const policies = resources.filter(({ type }) => type.endsWith(":NetworkPolicy"));
  const spec = (name: string) =>
    inputs("NetworkPolicy", name).spec as { ingress: unknown; egress: { ports?: object[] }[] };
  expect(policies.flatMap(({ name }) => (name.startsWith("prism") ? [name] : [])).sort()).toEqual([
    ...["prism-egress", "prism-isolation", "prism-no-egress", "prism-operations", "prism-operator"],
  ]);
  for (const { name } of policies) expect(inputs("NetworkPolicy", name).metadata.namespace).toMatch(/^drill-/);
  const operator = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "databases" } } };
  expect(spec("prism-isolation").ingress).toEqual([{ from: [{ podSelector: {} }] }]);
  expect(spec("prism-operator").ingress).toEqual([
    { from: [{ podSelector: {} }] },
    { from: [operator], ports: [5432, 8000].map((port) => ({ port, protocol: "TCP" })) },
  ]);
  const out = spec("prism-operations").egress.flatMap(({ ports = [] }) => ports);
  expect(new Set(out.map((each) => (each as { port: number }).port))).toEqual(new Set([53, 443, 6443, 8443, 9000]));
});

test("namespaces admit restricted pods only, and nothing before the policies", () => {
  expect(inputs("Namespace", "prism").metadata).toMatchObject({
    name: "drill-prism",
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
  });
  const ofPrism = resources.filter(({ name }) => name.startsWith("prism"));
  const last = ofPrism.findLastIndex(({ type }) => type.endsWith(":NetworkPolicy"));
  expect(ofPrism.findIndex(({ type }) => /:(Secret|Cluster|Job)$/.test(type))).toBeGreaterThan(last);
});
