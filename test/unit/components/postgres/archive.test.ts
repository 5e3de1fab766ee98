/** Base backups that a database registers. */
import timers from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { CloudNativePostgres } from "../../../../components/postgres/cloudnativepg";
import { collectResources, settled } from "../../../support/mocks";

const sleep = jest.spyOn(timers, "setTimeout").mockResolvedValue(undefined);

/** Registered backups of a database. `movesTo` is the new location of its archive. */
async function registered(movesTo: string | undefined, stopped = false) {
  const resources = collectResources();
  const access = { endpoint: "https://s3", bucket: "backups", folder: "x", secret: pulumi.output("keys") };
  const archiving = {
    access: { backup: access, retention: access },
    image: "barman",
    node: "node:22",
    baseBackups: "0 */6 * * *",
    retentionDays: 30,
    movesTo,
  };
  const database = { namespace: "demo", database: "demo", roles: [] };
  new CloudNativePostgres("demo-postgresql", database, { image: "postgresql:17", archiving, stopped });
  await settled();
  return resources.filter(({ type }) => type.endsWith("Backup"));
}

const to = "https://s3/backups/renamed";
const method = { method: "plugin", target: "primary", pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" } };

test("one when the database is new, and as often as the stack says", async () => {
  const [scheduled, ...others] = await registered(undefined);
  expect(scheduled!.inputs.spec).toEqual({
    schedule: "0 0 */6 * * *",
    immediate: true,
    suspend: false,
    cluster: { name: "demo-postgresql" },
    ...method,
    backupOwnerReference: "self",
  });
  expect(others).toEqual([]);
});

test("one of its own in another place, called after it; the schedule stays what it is", async () => {
  const [scheduled, moved] = await registered(to);
  expect(scheduled!.inputs.metadata).toEqual({ name: "demo-postgresql", namespace: "demo" });
  expect(moved!.inputs).toEqual({
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Backup",
    metadata: { name: expect.stringMatching(/^demo-postgresql-moved-[0-9a-f]{10}$/) as string, namespace: "demo" },
    spec: { cluster: { name: "demo-postgresql" }, ...method },
  });
  const [, elsewhere] = await registered(`${to}-again`);
  expect(elsewhere!.inputs.metadata).not.toEqual(moved!.inputs.metadata);
});

test("none of one that is stopped", async () =>
  expect((await registered(to, true)).map(({ name }) => name)).toEqual(["demo-postgresql-base-backups"]));

test("when the archive moves with this up, only after the plugin has noticed", async () => {
  sleep.mockClear();
  await registered(to);
  expect(sleep.mock.calls).toEqual([[15_000]]);
});
