/** Every drill, on the lab: what is promised is kept, nothing is lost, and the stack is as it was found. */
import { readArguments } from "../../drills/arguments";
import { scenarios } from "../../drills/scenarios";
import { systems } from "../support/cluster";
import { expectUpUnchanged } from "../support/drift";
import { runDrill } from "../support/drill";
import { Workspace } from "../support/workspace";

const workspace = new Workspace();
afterAll(() => workspace.remove());

test.each(scenarios.map(({ name }) => name))(
  "%s",
  async (scenario) => {
    const report = await runDrill(scenario);
    const { system } = readArguments([scenario])!;
    expect(report.systems.map(({ system }) => system)).toEqual(system === "stack" ? systems : [system]);
    for (const { rto, rpo, loss } of report.systems) {
      expect(rto).toBeLessThan(report.promised.rto);
      expect(rpo).toBeLessThanOrEqual(report.promised.rpo);
      expect(loss).toMatchObject({ lost: lostIn(scenario, loss.lost), doubled: 0 });
    }
    await expectUpUnchanged(workspace);
    // A lost cluster brings five databases back twice.
  },
  3_600_000,
);

/** Rows that are written between the moment that is brought back and the mistake a few milliseconds later are lost by intention. */
const lostIn = (scenario: string, lost: number) => (scenario === "point-in-time" ? Math.min(lost, 2) : 0);
