import { CloudNativePostgres, type CloudNativePostgresArgs } from "../../../components/postgres/cloudnativepg";
import { collectResources, settled } from "../../support/mocks";

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
    spec: { postgresql: object; primaryLease?: object };
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
