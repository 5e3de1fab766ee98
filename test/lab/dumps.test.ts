/** Dumps of a system's database in the object store: before each migration, and scheduled. */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { signatureOf } from "../../components/backups/in-pod/signature";
import type { Manifest } from "../../components/backups/in-pod/stored";
import { objectStore } from "../../lab/cluster/components";
import { accountsOf, bucketDirectory } from "../../lab/cluster/object-store";
import { apply } from "../support/base-backup";
import { kubectl, logsOf, migrating, runNow } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";

const stored = (system: string, name: string) => join(bucketDirectory(objectStore), "local", system, "dumps", name);
const manifestOf = (system: string, name: string) =>
  JSON.parse(readFileSync(stored(system, `${name}.dump.manifest.json`), "utf8")) as Manifest;
const signingKeyOf = async (system: string) => {
  const coded = await kubectl(
    ...["get", "secret", `${system}-object-store-signature`, "-n", system, "-o", "jsonpath={.data.signingKey}"],
  );
  return Buffer.from(coded, "base64").toString();
};

test.each(migrating)(
  "%s has a dump from before its migrations, restored, and read back from the store",
  async (system) => {
    const log = await logsOf(system, `${system}-dump`);
    const [, name = "", bytes, sha256] =
      /^stored (\S+)\.dump and read it back: (\d+) bytes, sha256 (\S+)$/m.exec(log) ?? [];
    expect(name).toMatch(new RegExp(`^before-migration/${system}-before-`));
    expect(manifestOf(system, name)).toMatchObject({ system, bytes: Number(bytes), sha256, proof: "restored" });
    expect(manifestOf(system, name).lsn).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
    expect(statSync(stored(system, `${name}.dump`)).size).toBe(Number(bytes));
  },
);

test("the nightly dump holds the schema as it is; a second one that day is a daily one", async () => {
  await runNow("prism", "prism-dump-scheduled");
  const log = await runNow("prism", "prism-dump-scheduled");
  const [, name = ""] = /^stored (daily\/\d{8}T\d{6}Z)\.dump and read it back/m.exec(log) ?? [];
  expect(manifestOf("prism", name)).toMatchObject({ release: "5.0.0", change: "user_tax_profiles_updated_at" });
});

test("what is due is deleted, and an age that is not signed is not believed", async () => {
  const log = await runNow("prism", "prism-dump-scheduled");
  const [, name = ""] = /^stored (daily\/\S+)\.dump and read it back/m.exec(log) ?? [];
  const { signature = "", ...manifest } = manifestOf("prism", name);
  const old = { ...manifest, taken: new Date(Date.now() - 31 * 86_400_000).toISOString() };
  const replace = (signed: string) =>
    writeFileSync(stored("prism", `${name}.dump.manifest.json`), JSON.stringify({ ...old, signature: signed }));
  replace(signature);
  expect(await runNow("prism", "prism-dump-retention")).toMatch(/^kept: \d+ dumps; deleted: 0$/);
  replace(signatureOf(await signingKeyOf("prism"), name, old));
  const deleted = await runNow("prism", "prism-dump-retention");
  expect(deleted).toMatch(new RegExp(`^deleted ${name}: its retention has expired\nkept: \\d+ dumps; deleted: 1$`));
  expect(existsSync(stored("prism", `${name}.dump`))).toBe(false);
});

test("the archive's retention finds its backups, and deletes none that is young", async () => {
  const backups = () => kubectl("get", "backups.postgresql.cnpg.io", "-n", "prism", "-o", "name");
  const before = await backups();
  expect(await runNow("prism", "prism-postgresql-archive-retention")).not.toMatch(/error/i);
  expect(await backups()).toBe(before);
});

test("nothing is deleted while a restore is at work", async () => {
  const restore = "prism-restore-at-work";
  const labels = { "app.kubernetes.io/name": restore };
  const { spec } = JSON.parse(await kubectl("get", "cronjob", "-n", "prism", "prism-dump-retention", "-o", "json")) as {
    spec: {
      jobTemplate: { spec: { template: { spec: { initContainers: { image: string; securityContext: object }[] } } } };
    };
  };
  const { image, securityContext } = spec.jobTemplate.spec.template.spec.initContainers[0]!;
  const pod = {
    ...{ restartPolicy: "Never", automountServiceAccountToken: false },
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    containers: [{ name: "main", image, command: ["sleep", "20"], securityContext }],
  };
  const job = {
    ...{ apiVersion: "batch/v1", kind: "Job", metadata: { name: restore, namespace: "prism" } },
    spec: { template: { metadata: { labels }, spec: pod } },
  };
  await apply(job);
  try {
    const lines = (await runNow("prism", "prism-dump-retention")).split("\n").sort();
    expect(lines).toEqual([expect.stringMatching(/^kept: \d+ dumps; deleted: 0$/), `waits for the Job ${restore}`]);
  } finally {
    await kubectl("delete", "job", "-n", "prism", restore);
  }
});

test("nothing that backs up has keys that delete, and no log has any", async () => {
  const of = (kind: string, name: string) => kubectl("get", "-n", "prism", kind, name, "-o", "json");
  const backup = (await of("cronjob", "prism-dump-scheduled")) + (await of("objectstore", "prism-postgresql"));
  expect(backup).toContain("prism-object-store");
  expect(backup).not.toContain("prism-object-store-retention");
  expect(await of("cronjob", "prism-dump-retention")).toContain("prism-object-store-retention");
  const logs = await logsOf("prism", "prism-dump");
  const { writer, remover } = accountsOf("prism");
  for (const { secret } of [writer, remover]) expect(logs).not.toContain(secret);
});

test("why a dump was not taken is in Pulumi's error, and no later step is done", async () => {
  const stack = new FaultyStack();
  try {
    stack.edit("components/backups/in-pod/tables.sql", (text) =>
      text.replace("c.relkind IN ('r', 'p')", "c.relkind IN ('?')"),
    );
    await stack.upFails(
      "[Error] the database prism has no table: there is nothing that a dump could save",
      /prism +stopped in backup \(prism-dump\); not done: migrate,/,
    );
  } finally {
    await stack.leave();
  }
});
