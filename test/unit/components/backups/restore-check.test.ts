/** Job of a restore's check: its limit. */
import * as pulumi from "@pulumi/pulumi";
import { RestoreCheck, type Rehearsal } from "../../../../components/backups/restore";
import { collectResources, settled } from "../../../support/mocks";

const rehearsal: Rehearsal = { cluster: () => pulumi.output({}) };

test.each([
  ["is", undefined, 5400],
  ["is a part of, with a rehearsal,", rehearsal, 9000],
])("its key %s its limit", async (_, rehearsal, seconds) => {
  void collectResources();
  const access = { endpoint: "https://s3.example", bucket: "b", prefix: "p", region: "r", secret: "keys" } as never;
  const limit = { deadlineSeconds: 5400, deadlineKey: "demo:restore.deadlineSeconds" };
  const check = { namespace: "demo", image: "node:22", access, unsigned: false, storage: "1Gi", target: "demo-2" };
  const source = { server: "demo-1", point: "latest" } as const;
  const { limit: found } = new RestoreCheck("check", source, { ...check, ...limit, ownArchive: false, rehearsal });
  await settled();
  expect(found).toEqual({ seconds, key: "demo:restore.deadlineSeconds", keySeconds: 5400 });
});
