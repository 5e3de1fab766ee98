/** Check that delays the maintenance mode until no transaction writes, run as the database's owner. */
import { writesEnded } from "../../../components/checks/maintenance";
import type { SqlCheck } from "../../../components/checks/check";
import { startSystem } from "../started";
import type { SystemDatabase } from "../system-database";
import { pmSystem } from "./pm";

jest.setTimeout(60_000);

let pm: SystemDatabase;
startSystem(pmSystem, (created) => (pm = created));

/** Tables to which open transactions have written. */
async function written(): Promise<readonly string[]> {
  const check = writesEnded(0).find(({ name }) => name === "nothing is being written") as SqlCheck;
  const [row] = await pm.postgres.query<{ tables: string[] }>(pm.owner, check.sql);
  expect(check.row).toEqual({ tables: [] });
  return row!.tables;
}

test("a transaction that has written keeps it waiting, one that only reads does not", async () => {
  await pm.postgres.connected(pm.superuser, async (client) => {
    await client.query("BEGIN; SELECT count(*) FROM public.signals");
    expect(await written()).toEqual([]);
    await client.query("INSERT INTO public.signals (source, content) VALUES ('slack', 'Exports are slow')");
    expect(await written()).toEqual(["signals"]);
    await client.query("ROLLBACK");
    expect(await written()).toEqual([]);
  });
});
