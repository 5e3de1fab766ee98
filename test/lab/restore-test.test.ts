/** Backups that are known to restore: the newest one is brought back beside the database, verified and thrown away. */
import { eventually, kubectl, sql } from "../support/cluster";
import { expectRestorable } from "../support/restorable";
import { execute } from "../support/workspace";

// One without migrations and one with; those of the others are run by test/long/whole-life.test.ts.
test("the newest backup comes back and is verified", () => expectRestorable("ai-backend"));

test("also one that was taken while nobody wrote", async () => {
  const name = `idle-${Date.now()}`;
  // Nothing is written after it, and the segment of the log that it needs is not full.
  await sql("CHECKPOINT", "mued");
  const backup = {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Backup",
    metadata: { name, namespace: "mued" },
    spec: {
      cluster: { name: "mued-postgresql" },
      method: "plugin",
      target: "primary",
      pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" },
    },
  };
  await execute("sh", ["-c", `printf '%s' "$1" | kubectl apply -f -`, "sh", JSON.stringify(backup)]);
  const phase = () =>
    kubectl("get", "backups.postgresql.cnpg.io", "-n", "mued", name, "-o", "jsonpath={.status.phase}");
  await eventually("the backup is done", async () => (await phase()) === "completed", 120);
  await expectRestorable("mued");
});
