import { CloudNativePostgres, type CloudNativePostgresArgs } from "../../../components/postgres/cloudnativepg";
import { collectResources, settled } from "../../support/mocks";
import { collectIgnored } from "../../support/protection";

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

test("of three, what is acknowledged is on two; the settings of PostgreSQL are one's own", async () => {
  const { metadata, spec } = await cluster({ instances: 3, parameters: { wal_retrieve_retry_interval: "3s" } });
  expect(spec.postgresql).toEqual({
    parameters: { wal_retrieve_retry_interval: "3s" },
    synchronous: { method: "any", number: 1, failoverQuorum: true },
  });
  expect(metadata.annotations["pulumi.com/waitFor"]).toContain("{.status.readyInstances}=3");
});

test("its rollout is over when each server runs the image, and what the stack's own operator adds to it", async () => {
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
  expect(await rollout({})).toEqual({ ...of, images: { postgres: "postgresql:17.6" } });
  const operatorImages = { operator: "operator:1.30.0", sidecar: "sidecar:0.14.0" };
  expect(await rollout({ operatorImages, instances: 3 })).toEqual({
    ...of,
    instances: 3,
    images: { postgres: "postgresql:17.6", "bootstrap-controller": "operator:1.30.0" },
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
