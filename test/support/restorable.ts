import { eventually, kubectl, migrating, runNow, type System } from "./cluster";

/**
 * Expects that a system's newest backup can be restored beside its database and verified, and that the restored copy is
 * removed.
 */
export async function expectRestorable(system: System): Promise<void> {
  const log = await runNow(system, `${system}-restore-test`, 300);
  expect(log).toContain("the scratch database was restored, verified and deleted");
  if (migrating.includes(system)) expect(log).toMatch(/^verified ([1-9]\d*) of the \1 changes that are applied$/m);
  const left = () =>
    kubectl(
      ...["get", "clusters.postgresql.cnpg.io,pods,pvc", "-n", system],
      ...["-l", `cnpg.io/cluster=${system}-restore-test-database`, "-o", "name"],
    );
  await eventually("its pods and volumes are gone", async () => (await left()) === "");
}
