/** Limits of the accounts of Jobs, with Kubernetes' own API server. */
import { setTimeout as sleep } from "node:timers/promises";
import { RestoreTest } from "../../../components/backups/restore-test";
import { PulledImages } from "../../../components/kubernetes/pulled-images";
import { restoredCluster } from "../../../components/postgres";
import { ScheduledRestart } from "../../../components/workload/scheduled-restart";
import { collectResources, settled } from "../../support/mocks";
import { ControlPlane } from "../watch/control-plane";

const namespace = "demo";
const clusters = `/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/clusters`;
const pods = `/api/v1/namespaces/${namespace}/pods`;
const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/demo-api`;
const as = (account: string) => `system:serviceaccount:${namespace}:${account}`;

interface Described {
  readonly metadata: Record<string, unknown>;
  readonly spec: Record<string, unknown>;
}

const described = restoredCluster("demo-restore-test-database", {
  server: {
    image: "example/postgresql:17",
    storage: "2Gi",
    walStorage: "1Gi",
    storageClass: "fast",
    imagePullSecrets: [{ name: "demo-registries" }],
    resources: { cpu: "0.5", memory: "1024Mi" },
  },
  parameters: { archive_timeout: "60s", max_connections: "200" },
  recovery: { server: "demo-abc", point: "latest" },
  application: {
    ...{ objectStore: "demo-postgresql", database: "demo", owner: "demo" },
    secret: { name: "demo-postgresql-demo" },
  },
});
const images = ["registry.example/api:1", "registry.example/worker:1"];

let plane: ControlPlane;
let cluster: Described;
let pod: Described;

beforeAll(async () => {
  const resources = collectResources();
  const node = "node:22";
  const admissionPolicies = true;
  const restart = { namespace, image: node, deployment: "demo-api", cron: "0 3 * * 0", admissionPolicies };
  const logins = [{ name: "demo-registries" }];
  const pull = { namespace, image: node, images, imagePullSecrets: logins, hint: "", trigger: [], admissionPolicies };
  new RestoreTest("demo-restore-test", {
    ...{ namespace, image: node, cron: "0 4 * * *", cluster: () => described, admissionPolicies },
  });
  new PulledImages("demo-images", pull);
  new ScheduledRestart("demo-api-restart", restart);
  await settled();
  cluster = withDefaults(await new Promise<Described>((resolve) => described.apply((o) => resolve(o as Described))));
  const job = resources.find(({ type, name }) => name === "demo-images" && type.endsWith(":Job"))!;
  const { env } = (
    job.inputs as { spec: { template: { spec: { containers: [{ env: { name: string; value: string }[] }] } } } }
  ).spec.template.spec.containers[0];
  const spec = JSON.parse(env.find(({ name }) => name === "POD")!.value) as Described["spec"];
  // Every API server adds the account, by a plugin that this one does not run.
  pod = { metadata: { name: "demo-images-pull" }, spec: { ...spec, serviceAccountName: "default" } };

  plane = await ControlPlane.start();
  const create = (path: string, body: object) => plane.ask(path, { method: "POST", body });
  await create("/api/v1/namespaces", { metadata: { name: namespace } });
  await create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition);
  for (const { inputs } of resources.filter(({ type }) => /:ValidatingAdmissionPolicy(Binding)?$/.test(type))) {
    const { kind } = inputs as { kind: string };
    const plural =
      kind === "ValidatingAdmissionPolicy" ? "validatingadmissionpolicies" : "validatingadmissionpolicybindings";
    await create(`/apis/admissionregistration.k8s.io/v1/${plural}`, inputs);
  }
  await create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name: "demo-api" },
    spec: {
      selector: { matchLabels: { app: "demo" } },
      template: { metadata: { labels: { app: "demo" } }, spec: { containers: [{ name: "main", image: images[0] }] } },
    },
  });
  // The API server reads new policies within seconds.
  const forbidden = { ...cluster, spec: {} };
  while ((await creation(clusters, forbidden, "demo-restore-test")) === "created") await sleep(200);
  while ((await creation(pods, { ...pod, metadata: { name: "x" } }, "demo-images")) === "created") await sleep(200);
  while ((await change({ containers: [{ name: "main", image: "x" }] })) === "changed") await sleep(200);
});
afterAll(() => plane?.stop());

const definition = {
  metadata: { name: "clusters.postgresql.cnpg.io" },
  spec: {
    group: "postgresql.cnpg.io",
    names: { kind: "Cluster", plural: "clusters" },
    scope: "Namespaced",
    versions: [
      {
        ...{ name: "v1", served: true, storage: true },
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

/** Adds what the webhook and the definition of CloudNativePG 1.30 add, and writes anew. */
function withDefaults({ metadata, spec }: Described): Described {
  const { postgresql, storage, walStorage, probes, externalClusters } = spec as Record<string, object> & {
    postgresql: { parameters: object };
    externalClusters: [{ plugin: object }];
  };
  const operators = {
    archive_mode: "on",
    log_directory: "/controller/log",
    shared_preload_libraries: "",
    wal_level: "logical",
  };
  return {
    metadata: { ...metadata, ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "a", uid: "b" }] },
    spec: {
      ...spec,
      postgresql: {
        ...postgresql,
        parameters: { ...operators, ...postgresql.parameters },
        syncReplicaElectionConstraint: { enabled: false },
      },
      storage: { ...storage, resizeInUseVolumes: true },
      walStorage: { ...walStorage, resizeInUseVolumes: true },
      resources: { requests: { cpu: "500m", memory: "1Gi" } },
      probes: {
        ...probes,
        liveness: { isolationCheck: { enabled: true, requestTimeout: 1000, connectionTimeout: 1000 } },
      },
      externalClusters: externalClusters.map((each) => ({
        ...each,
        plugin: { ...each.plugin, enabled: true, isWALArchiver: false },
      })),
      replicationSlots: { highAvailability: { enabled: true, slotPrefix: "_cnpg_" }, updateInterval: 30 },
      affinity: { podAntiAffinityType: "preferred" },
      monitoring: { customQueriesConfigMap: [{ name: "cnpg-default-monitoring", key: "queries" }] },
      ...{ enablePDB: true, enableSuperuserAccess: false, failoverDelay: 0, logLevel: "info", maxSyncReplicas: 0 },
      ...{ minSyncReplicas: 0, postgresGID: 26, postgresUID: 26, primaryUpdateMethod: "restart" },
      ...{ primaryUpdateStrategy: "unsupervised", smartShutdownTimeout: 180, startDelay: 3600, stopDelay: 1800 },
      switchoverDelay: 3600,
    },
  };
}

/** Creates an object as an account, and deletes it. Resolves to "created" or to the message of the refusal. */
async function creation(path: string, { metadata, spec }: Described, account?: string): Promise<string> {
  const kind =
    path === pods ? { apiVersion: "v1", kind: "Pod" } : { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster" };
  const body = { ...kind, metadata, spec };
  try {
    await plane.ask(path, { method: "POST", body }, undefined, account && as(account));
  } catch (error) {
    return messageOf(error);
  }
  await plane.ask(`${path}/${metadata.name as string}?gracePeriodSeconds=0`, { method: "DELETE" });
  return "created";
}

/** Changes the Deployment's pods as the account of the restart. */
const change = (spec: object, metadata: object = {}) =>
  plane
    .ask(
      deployment,
      { method: "PATCH", body: { spec: { template: { spec, metadata } } } },
      undefined,
      as("demo-api-restart"),
    )
    .then(() => "changed", messageOf);

function messageOf(error: unknown): string {
  const text = (error as Error).message;
  const { message } = JSON.parse(text.slice(text.indexOf("{"))) as { message: string };
  return message.replace(/^.* denied request: /, "");
}

test("the restore test's account creates the Cluster that the stack declares", async () => {
  expect(await creation(clusters, cluster, "demo-restore-test")).toBe("created");
});

test("no Cluster of another name", async () => {
  const other = { ...cluster, metadata: { name: "demo-postgresql-2" } };
  expect(await creation(clusters, other, "demo-restore-test")).toBe(
    "only the Cluster demo-restore-test-database may be created",
  );
});

const recovery = { source: "origin", database: "demo", owner: "demo" };
const barman = (parameters: object) => [
  { name: "origin", plugin: { name: "barman-cloud.cloudnative-pg.io", parameters } },
];
const ours = { barmanObjectName: "demo-postgresql", serverName: "demo-abc" };
const withParameters = (parameters: object) => ({
  parameters: { archive_timeout: "60s", max_connections: "200", ...parameters },
});
const mounted = { sources: [{ secret: { name: "demo-secrets" } }] };
const command = { archive_cleanup_command: "sh -c evil" };
test.each<[string, object]>([
  ["imageName", { imageName: "example/other:17" }],
  ["imageName", { imageName: undefined }],
  ["instances", { instances: 2 }],
  ["imagePullSecrets", { imagePullSecrets: [{ name: "demo-secrets" }] }],
  ["bootstrap", { bootstrap: { initdb: { postInitSQL: ["SELECT 1"] } } }],
  ["bootstrap", { bootstrap: { recovery: { ...recovery, secret: { name: "demo-secrets" } } } }],
  [
    "bootstrap",
    {
      bootstrap: {
        recovery: {
          ...recovery,
          volumeSnapshots: { storage: { name: "x" } },
          secret: { name: "demo-postgresql-demo" },
        },
      },
    },
  ],
  ["externalClusters", { externalClusters: barman({ ...ours, serverName: "other" }) }],
  ["externalClusters", { externalClusters: barman({ ...ours, barmanObjectName: "other" }) }],
  ["externalClusters", { externalClusters: [...barman(ours), { name: "more" }] }],
  [
    "storage",
    {
      storage: {
        size: "2Gi",
        storageClass: "fast",
        pvcTemplate: { dataSource: { kind: "PersistentVolumeClaim", name: "x" } },
      },
    },
  ],
  ["postgresql", { postgresql: withParameters(command) }],
  ["postgresql", { postgresql: withParameters({ session_preload_libraries: "evil" }) }],
  ["postgresql", { postgresql: { ...withParameters({}), pg_hba: ["host all all all trust"] } }],
  ["enableSuperuserAccess", { enableSuperuserAccess: true }],
  ["monitoring", { monitoring: { customQueriesSecret: [{ name: "demo-secrets", key: "x" }] } }],
])("no Cluster with another spec.%s: %j", async (field, changes) => {
  const changed = { ...cluster, spec: { ...cluster.spec, ...changes } };
  expect(await creation(clusters, changed, "demo-restore-test")).toBe(
    `only the Cluster demo-restore-test-database as the stack declares it may be created: spec.${field} is another`,
  );
});

test.each<object>([
  { serviceAccountTemplate: { metadata: { annotations: { "eks.amazonaws.com/role-arn": "x" } } } },
  { serviceAccountName: "demo-postgresql" },
  { superuserSecret: { name: "demo-secrets" } },
  { projectedVolumeTemplate: mounted },
  { envFrom: [{ secretRef: { name: "demo-secrets" } }] },
  { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "demo-secrets", key: "a" } } }] },
  { imageCatalogRef: { name: "x" } },
  { managed: { roles: [] } },
  { plugins: [] },
  { backup: {} },
  { replica: { enabled: true } },
  { certificates: { serverTLSSecret: "demo-secrets" } },
])("no Cluster with %j", async (more) => {
  const changed = { ...cluster, spec: { ...cluster.spec, ...more } };
  expect(await creation(clusters, changed, "demo-restore-test")).toBe(
    "only the Cluster demo-restore-test-database as the stack declares it may be created: its spec has another field",
  );
});

test("no Cluster with an annotation by which the operator changes its pods", async () => {
  const annotations = { "cnpg.io/podPatch": '[{"op":"add","path":"/spec/hostPID","value":true}]' };
  const changed = { ...cluster, metadata: { ...cluster.metadata, annotations } };
  expect(await creation(clusters, changed, "demo-restore-test")).toBe(
    "only the Cluster demo-restore-test-database as the stack declares it may be created: it has an annotation or a label of the operator",
  );
});

test("other accounts are not limited", async () => {
  expect(await creation(clusters, { ...cluster, spec: { instances: 9 } })).toBe("created");
});

test("the account that pulls images creates the pod that the stack declares", async () => {
  expect(await creation(pods, pod, "demo-images")).toBe("created");
});

const [first] = images;
const container = { name: "image-0", image: first, command: ["true"] };
test.each<[string, object]>([
  ["another image", { containers: [{ ...container, image: "example/other:1" }] }],
  ["a command", { containers: [{ ...container, command: ["sh"] }] }],
  ["arguments", { containers: [{ ...container, args: ["x"] }] }],
  ["a Secret", { containers: [{ ...container, envFrom: [{ secretRef: { name: "demo-secrets" } }] }] }],
  ["a volume", { volumes: [{ name: "a", secret: { secretName: "demo-secrets" } }] }],
  ["an init container", { initContainers: [{ ...container, name: "first" }] }],
  ["a hook", { containers: [{ ...container, lifecycle: { postStart: { exec: { command: ["sh"] } } } }] }],
  ["an account", { serviceAccountName: "demo-postgresql" }],
  ["a token", { automountServiceAccountToken: true }],
  ["another login", { imagePullSecrets: [{ name: "demo-secrets" }] }],
])("no pod with %s", async (_, changes) => {
  const changed = { ...pod, spec: { ...pod.spec, ...changes } };
  expect(await creation(pods, changed, "demo-images")).toBe(
    "only the pod demo-images-pull may be created, with the stack's images",
  );
});

test("a scheduled restart restarts pods, and changes nothing that they run", async () => {
  expect(await change({}, { annotations: { "kubectl.kubernetes.io/restartedAt": "2026-12-01" } })).toBe("changed");
  const secret = { secretRef: { name: "demo-secrets" } };
  expect(await change({ containers: [{ name: "main", envFrom: [secret] }] })).toBe(
    "a restart may not change what the pods run",
  );
});
