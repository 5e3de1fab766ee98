import { CloudNativePostgres, type CloudNativePostgresArgs } from "../../../../components/postgres/cloudnativepg";
import { collectResources, settled } from "../../../support/mocks";
import { collectIgnored } from "../../../support/protection";

afterEach(() => jest.restoreAllMocks());

async function cluster(args: Partial<CloudNativePostgresArgs>) {
  const resources = collectResources();
  new CloudNativePostgres(
    "demo-postgresql",
    { namespace: "demo", database: "demo", roles: [] },
    { image: "postgresql:17", ...args },
  );
  await settled();
  const { inputs } = resources.find(({ type }) => type.endsWith(":Cluster"))!;
  return inputs as {
    metadata: { annotations: Record<string, string> };
    spec: { bootstrap: { initdb: object }; postgresql: object; primaryLease?: object };
  };
}

const lease = { leaseDurationSeconds: 6, renewDeadlineSeconds: 4, retryPeriodSeconds: 1 };

test("one server waits for no other", async () => {
  const { spec } = await cluster({});
  expect(spec.postgresql).toEqual({ parameters: {} });
  expect(spec.primaryLease).toBeUndefined();
});

test("of two, writes go on when the other one is gone", async () => {
  const { spec } = await cluster({ instances: 2 });
  expect(spec.postgresql).toEqual({
    parameters: { wal_retrieve_retry_interval: "1s" },
    synchronous: { method: "any", number: 1, dataDurability: "preferred" },
  });
  expect(spec.primaryLease).toEqual(lease);
});

test("with three servers, an acknowledged write is on two", async () => {
  const { metadata, spec } = await cluster({ instances: 3, parameters: { wal_retrieve_retry_interval: "3s" } });
  expect(spec.postgresql).toEqual({
    parameters: { wal_retrieve_retry_interval: "3s" },
    synchronous: { method: "any", number: 1, failoverQuorum: true },
  });
  expect(metadata.annotations["pulumi.com/waitFor"]).toContain("{.status.readyInstances}=3");
});

test("its rollout is over when each server runs the image and the sidecars", async () => {
  collectResources();
  const rollout = (args: Partial<CloudNativePostgresArgs>) =>
    new Promise((resolve) =>
      new CloudNativePostgres(
        "demo-postgresql",
        { namespace: "demo", database: "demo", roles: [] },
        { image: "postgresql:17.6", ...args },
      ).rollout.apply(resolve),
    );
  const of = { cluster: "demo-postgresql", instances: 1 };
  expect(await rollout({})).toEqual({ ...of, server: { images: { postgres: "postgresql:17.6" } } });
  const operatorImages = { operator: "operator:1.30.0", sidecar: "sidecar:0.14.0" };
  const more = { walStorage: "10Gi", priorityClass: "databases", resources: { cpu: "2", memory: "8Gi" } };
  expect(await rollout({ operatorImages, instances: 3, ...more })).toEqual({
    ...of,
    instances: 3,
    server: {
      images: { postgres: "postgresql:17.6", "bootstrap-controller": "operator:1.30.0" },
      resources: { requests: { cpu: "2", memory: "8Gi" } },
      topologyKeys: ["topology.kubernetes.io/zone"],
      walVolume: true,
    },
  });
});

test.each([
  ["postgresql:16.4", {}],
  ["postgresql:17.6", { localeProvider: "builtin", builtinLocale: "C.UTF-8" }],
  ["postgresql:18.1", { localeProvider: "builtin", builtinLocale: "C.UTF-8" }],
])("a new database of %s knows letters of every script", async (image, more) => {
  const { spec } = await cluster({ image });
  expect(spec.bootstrap.initdb).toMatchObject({
    dataChecksums: true,
    encoding: "UTF8",
    localeCollate: "C",
    localeCType: "C.UTF-8",
    ...more,
  });
  expect("localeProvider" in spec.bootstrap.initdb).toBe("localeProvider" in more);
});

test("one that has begun is left as it began", async () => {
  const ignored = collectIgnored();
  await cluster({ begun: true });
  expect(ignored.get("demo-postgresql")).toEqual(["spec.bootstrap", "spec.externalClusters"]);
});

describe("what its servers are given", () => {
  const given = async (args: Partial<CloudNativePostgresArgs>) => (await cluster(args)).spec as object;

  test("is nothing unless it is said", async () => expect(await given({})).toMatchObject({ storage: { size: "1Gi" } }));

  test("a volume for the log, of the same class; promises; a priority", async () => {
    const sizes = { storage: "20Gi", walStorage: "10Gi", storageClass: "fast" };
    const resources = { cpu: "2", memory: "8Gi", memoryLimit: "8Gi" };
    expect(await given({ ...sizes, resources, priorityClass: "databases" })).toMatchObject({
      storage: { size: "20Gi", storageClass: "fast" },
      walStorage: { size: "10Gi", storageClass: "fast" },
      resources: { requests: { cpu: "2", memory: "8Gi" }, limits: { memory: "8Gi" } },
      priorityClassName: "databases",
      postgresql: { parameters: { shared_buffers: "2048MB", effective_cache_size: "6144MB" } },
    });
  });

  test("directories on the node's disk and in memory have limits", async () => {
    const limits = (shm: string) => ({ ephemeralVolumesSizeLimit: { shm, temporaryData: "2Gi" } });
    expect(await given({})).toMatchObject(limits("1Gi"));
    expect(await given({ resources: { cpu: "50m", memory: "512Mi" } })).toMatchObject(limits("1Gi"));
    expect(await given({ resources: { cpu: "2", memory: "4Gi", memoryLimit: "8Gi" } })).toMatchObject(limits("8Gi"));
  });

  test("settings of PostgreSQL go before what would follow", async () =>
    expect(
      await given({ resources: { cpu: "2", memory: "8Gi" }, parameters: { shared_buffers: "1GB" } }),
    ).toMatchObject({ postgresql: { parameters: { shared_buffers: "1GB", effective_cache_size: "6144MB" } } }));

  test("several are spread over zones, as far as there are such", async () => {
    expect(await given({})).not.toHaveProperty("topologySpreadConstraints");
    expect(await given({ instances: 2 })).toMatchObject({
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: "topology.kubernetes.io/zone",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: { "cnpg.io/cluster": "demo-postgresql" } },
        },
      ],
    });
  });
});

test("its metrics are read where that is asked for, and not when it is stopped", async () => {
  const monitors = async (args: Partial<CloudNativePostgresArgs>) => {
    const resources = collectResources();
    new CloudNativePostgres(
      "demo-postgresql",
      { namespace: "demo", database: "demo", roles: [] },
      { image: "postgresql:17.6", ...args },
    );
    await settled();
    return resources.filter(({ type }) => type.endsWith(":PodMonitor")).map(({ inputs }) => inputs);
  };
  expect(await monitors({})).toEqual([]);
  expect(await monitors({ podMonitor: true, stopped: true })).toEqual([]);
  expect(await monitors({ podMonitor: true })).toEqual([
    {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PodMonitor",
      metadata: { name: "demo-postgresql", namespace: "demo" },
      spec: {
        selector: { matchLabels: { "cnpg.io/cluster": "demo-postgresql" } },
        podMetricsEndpoints: [{ port: "metrics" }],
      },
    },
  ]);
});
