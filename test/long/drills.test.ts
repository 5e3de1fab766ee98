/** Every drill on the lab: objectives are met, no data is lost, and the stack is unchanged afterwards. */
import { readArguments } from "../../drills/arguments";
import { scenarios } from "../../drills/scenarios";
import { systems } from "../support/cluster";
import { expectUpUnchanged } from "../support/drift";
import { runDrill } from "../support/drill";
import { Workspace } from "../support/workspace";

const workspace = new Workspace();
afterAll(() => workspace.remove());

/** The lab has one node. */
const refused = "zone-loss";

test("the loss of a node is refused where there is one", async () => {
  await expect(runDrill(refused)).rejects.toThrow(
    /the database of prism has one server|zone-loss needs two nodes or more, and the cluster of local has 1/,
  );
  await expectUpUnchanged(workspace);
});

test.each(scenarios.map(({ name }) => name).filter((name) => name !== refused))(
  "%s",
  async (scenario) => {
    const report = await runDrill(scenario);
    const { system } = readArguments([scenario])!;
    expect(report.systems.map(({ system }) => system)).toEqual(system === "stack" ? systems : [system]);
    for (const { rto, rpo, promised, loss, rows, restoredFrom, verified } of report.systems) {
      expect(rto).toBeLessThan(promised.rto);
      expect(rpo).toBeLessThanOrEqual(promised.rpo);
      expect(loss).toMatchObject({ lost: lostIn(scenario, loss.lost), doubled: 0 });
      expect(restoredFrom).toMatchObject({ kind: expect.any(String) as string, name: expect.any(String) as string });
      expect(verified).not.toEqual([]);
      const counted = rows?.acknowledged.reduce((sum, count) => sum + count, 0);
      // Two scenarios count jobs and files, and one may write no row.
      if (!["redis-failure", "model-volume", "restore-elsewhere"].includes(scenario))
        expect(counted).toBe(loss.acknowledged);
    }
    expect(report.runs).toHaveLength(1);
    await expectUpUnchanged(workspace);
    // The drill `lost-cluster` restores five databases twice.
  },
  3_600_000,
);

/**
 * Expected number of lost rows. A point-in-time restore loses those between its target and the mistake a few
 * milliseconds later; a bad migration damages those that were written since its Job began, twenty a second.
 */
const lostIn = (scenario: string, lost: number) =>
  Math.min(lost, { "point-in-time": 2, "bad-migration": 600 }[scenario] ?? 0);
