/** Backups that are known to restore: the newest one is brought back beside the database, verified and thrown away. */
import { execute } from "../support/workspace";
import { eventually, kubectl, runNow, sql, systems } from "../support/cluster";

const scratch = (system: string) =>
  kubectl(
    "get",
    "clusters.postgresql.cnpg.io,pods,pvc",
    "-n",
    system,
    "-l",
    `cnpg.io/cluster=${system}-restore-test-database`,
    "-o",
    "name",
  );

describe("the newest backup of each comes back, is verified, and nothing of it is left", () => {
  let logs: PromiseSettledResult<string>[];

  beforeAll(async () => {
    // Together: most of it is waiting.
    logs = await Promise.allSettled(systems.map((system) => runNow(system, `${system}-restore-test`, 400)));
  });

  test.each(systems)("%s", async (system) => {
    expect(logs[systems.indexOf(system)]).toEqual({
      status: "fulfilled",
      value: "the newest backup was brought back and verified, and taken away again",
    });
    await eventually("its pods and volumes are gone", async () => (await scratch(system)) === "");
  });
});

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
  expect(await runNow("mued", "mued-restore-test", 300)).toContain("the newest backup was brought back and verified");
});
