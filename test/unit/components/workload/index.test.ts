import * as pulumi from "@pulumi/pulumi";
import { AppSecrets } from "../../../../components/kubernetes/app-secrets";
import { Workload, type WorkloadArgs } from "../../../../components/workload";
import { collectResources, settled, type Registered } from "../../../support/mocks";

const base: WorkloadArgs = { namespace: "somewhere", system: "demo", release: "1.0.0", image: "image:1" };
const value = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => void output.apply(resolve));

async function workload(changes: Partial<WorkloadArgs> = {}) {
  const resources = collectResources();
  const made = new Workload("demo-api", { ...base, ...changes });
  const revision = await value(made.revision);
  await settled();
  const find = (kind: string) =>
    resources.find(({ type }) => type.endsWith(`:${kind}`))?.inputs as Registered["inputs"];
  const { unprobed } = made;
  return { find, revision, rollout: await value(made.rollout), url: await value(made.url), unprobed };
}

test("the release labels the pods and not the selector, so that the next one rolls", async () => {
  const { find } = await workload();
  expect(find("Deployment").spec).toMatchObject({
    selector: { matchLabels: { "app.kubernetes.io/name": "demo-api" } },
    template: { metadata: { labels: { "app.kubernetes.io/version": "1.0.0" } } },
    strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  });
  const { selector } = find("Deployment").spec as { selector: { matchLabels: object } };
  expect(Object.keys(selector.matchLabels)).toEqual(["app.kubernetes.io/name"]);
});

test("the pods are admitted under the restricted standard", async () => {
  const { template } = (await workload()).find("Deployment").spec as {
    template: { spec: { securityContext: object; containers: object[] } };
  };
  expect(template.spec.securityContext).toMatchObject({
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
  });
  expect(template.spec.containers[0]).toMatchObject({
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  });
});

test("Kubernetes asks only given paths: a pod without any is ready when it runs", async () => {
  const container = async (changes: Partial<WorkloadArgs>) => {
    const { template } = (await workload(changes)).find("Deployment").spec as {
      template: { spec: { containers: Record<string, unknown>[] } };
    };
    return template.spec.containers[0]!;
  };
  expect(await container({ probes: { ready: "/health" } })).toMatchObject({
    readinessProbe: { httpGet: { path: "/health", port: "http" } },
  });
  const unasked = await container({});
  for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) expect(unasked[probe]).toBeUndefined();
});

test("pods without probes are available after 30 s, within the time of the rollout", async () => {
  const seconds = async (changes: Partial<WorkloadArgs>) => {
    const { find, unprobed } = await workload(changes);
    return [(find("Deployment").spec as { minReadySeconds?: number }).minReadySeconds, unprobed];
  };
  expect(await seconds({})).toEqual([30, "demo-api"]);
  expect(await seconds({ rolloutDeadlineSeconds: 10 })).toEqual([9, "demo-api"]);
  expect(await seconds({ replicas: 0 })).toEqual([30, undefined]);
  expect(await seconds({ probes: { live: "/health" } })).toEqual([undefined, undefined]);
});

test("more than one pod is not disrupted all at once; a single one is not held back", async () => {
  expect((await workload({ replicas: 2 })).find("PodDisruptionBudget").spec).toMatchObject({ maxUnavailable: 1 });
  expect((await workload({ replicas: 1 })).find("PodDisruptionBudget")).toBeUndefined();
});

test("more than one pod is spread over nodes and zones, as far as there are such", async () => {
  const spread = async (replicas: WorkloadArgs["replicas"]) => {
    const { template } = (await workload({ replicas })).find("Deployment").spec as { template: { spec: object } };
    return (template.spec as { topologySpreadConstraints?: object[] }).topologySpreadConstraints;
  };
  const over = (topologyKey: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { "app.kubernetes.io/name": "demo-api" } },
    matchLabelKeys: ["pod-template-hash"],
  });
  const both = [over("kubernetes.io/hostname"), over("topology.kubernetes.io/zone")];
  expect(await spread(2)).toEqual(both);
  expect(await spread({ min: 2, max: 5, cpuPercent: 70 })).toEqual(both);
  expect(await spread(1)).toBeUndefined();
  expect(await spread(0)).toBeUndefined();
});

test("a stopped workload keeps its description, and nobody waits for its pods", async () => {
  const { find } = await workload({ replicas: 0 });
  expect(find("Deployment").spec).toMatchObject({ replicas: 0 });
  expect(find("Service").metadata).toMatchObject({ annotations: { "pulumi.com/skipAwait": "true" } });
});

test("what waits for its rollout knows the Deployment by its annotation", async () => {
  const { find, rollout } = await workload();
  const { annotations } = find("Deployment").metadata as { annotations: Record<string, string> };
  expect(rollout.revision).toMatch(/^[0-9a-f]{10}$/);
  expect(rollout).toEqual({ deployment: "demo-api", revision: annotations["runsheet/revision"] });
});

test("its address and its revision", async () => {
  const first = await workload();
  expect(first.url).toBe("http://demo-api.somewhere:3000");
  expect((await workload()).revision).toBe(first.revision);
  expect((await workload({ release: "1.0.1" })).revision).not.toBe(first.revision);
  expect((await workload({ environment: { TOKEN: { secret: "other-secret", key: "TOKEN" } } })).revision).not.toBe(
    first.revision,
  );
});

test("secrets are one Secret that cannot be changed, with a name that is chosen anew", async () => {
  const resources = collectResources();
  new AppSecrets("demo-secrets", { namespace: "somewhere", values: { TOKEN: pulumi.secret("generated") } });
  await settled();
  const { inputs } = resources.find(({ type }) => type.endsWith(":Secret"))!;
  expect(inputs).toMatchObject({ immutable: true });
  expect(inputs.metadata).not.toHaveProperty("name");
  // The engine's signature of a secret value.
  expect(JSON.stringify(inputs.stringData)).toContain("1b47061264138c4ac30d75fd1eb44270");
});

test("the pods roll with another value of a Secret whose name stays", async () => {
  const annotations = async (environment: WorkloadArgs["environment"]) => {
    const { template } = (await workload({ environment })).find("Deployment").spec as {
      template: { metadata: { annotations?: object } };
    };
    return template.metadata.annotations;
  };
  const [database, redis] = [
    { secret: "demo-app", key: "uri", revision: "b1" },
    { secret: "demo-redis", key: "url", revision: "a2" },
  ];
  expect(
    await annotations({ DATABASE_URL: database, REDIS_URL: redis, OTHER: { secret: "other", key: "key" } }),
  ).toEqual({
    "runsheet/secret-values": "a2-b1",
  });
  expect(await annotations({ OTHER: { secret: "other", key: "key" }, NAME: "value" })).toBeUndefined();
});
