import { setTimeout as sleep } from "node:timers/promises";
import { ClusterDatabase } from "../cluster-database";
import { inAll } from "../in-all";
import type { WrittenRow } from "../measure";
import { archive, loadSeconds, measured, unlessMade, verifiedRestore, type Scenario } from "../scenario";
import { proveWayBack } from "../way-back";
import { Writer } from "../writer";

const loss = "lose all of it (pulumi destroy)";

/** Destroys the stack with its volumes, and builds it again from the object store. */
export const lostCluster: Scenario = {
  name: "lost-cluster",
  title: "Disaster Recovery: database restore",
  description: "the stack is destroyed with its volumes, and built again from the object store alone",
  rto: 3600,
  rpo: 900,
  systems: "stack",

  unsuitable: (stack) =>
    stack.isProtected
      ? `the stack ${stack.name} protects its data, so pulumi destroy fails: use a stack with runsheet:protect false`
      : stack.systems.map((system) => unlessMade(stack, system)).find((why) => why !== undefined),

  async run({ stack, kubectl, timeline, expectSamePlace }) {
    const { systems } = stack;
    const found = await timeline.step("find the live databases", () =>
      inAll(systems, async (system) => stack.databases(system)),
    );
    const database = (system: string, name: string) => new ClusterDatabase(kubectl, stack.namespace(system), name);
    // One after the other, so that each has the node to itself.
    for (const system of systems)
      await timeline.stepBefore(
        loss,
        `prove that ${system} comes back: its log is stored, its newest backup restores`,
        () => proveWayBack(database(system, found[system]!.live), system),
      );
    const writers = systems.map((system) => new Writer(database(system, found[system]!.live)));
    await timeline.step(`write rows for ${loadSeconds} s in each`, async () => {
      await Promise.all(writers.map((writer) => writer.start()));
      await sleep(loadSeconds * 1000);
    });
    const { disaster, written } = await timeline.step("read what was acknowledged", async () => {
      const disaster = await database(systems[0]!, found[systems[0]!]!.live).now();
      const rows: WrittenRow[][] = await Promise.all(writers.map((writer) => writer.acknowledged()));
      return { disaster, written: rows };
    });
    await timeline.step(loss, async () => {
      await expectSamePlace();
      await stack.destroy();
    });
    await timeline.step("build it again from the object store, and verify (pulumi up)", async () => {
      await expectSamePlace();
      await stack.up(
        Object.fromEntries(
          systems.map((system) => [`${system}:restore`, { from: "latest", server: found[system]!.server }]),
        ),
      );
    });
    const recovered = await timeline.step("note when it is there", async () => {
      const [first] = systems;
      return database(first!, (await stack.databases(first!)).live).now();
    });
    const back = await timeline.step("count the rows that came back", () =>
      inAll(systems, async (system) => {
        const { live } = await stack.databases(system);
        return { live, rows: await database(system, live).rows() };
      }),
    );
    await timeline.step("remove what the drill has written", () =>
      inAll(systems, (system) => database(system, back[system]!.live).dropTable()),
    );
    await timeline.step("go on without the restore (pulumi up)", () => stack.up());
    return {
      disaster,
      systems: systems.map((system, index) => ({
        system,
        recovered,
        ...measured(written[index]!, back[system]!.rows, disaster),
        restoredFrom: { kind: archive, name: found[system]!.server, time: "latest" },
        verified: ["The newest backup was restored beside the database before the disaster.", ...verifiedRestore],
      })),
      notes: [
        "Redis' data is not restored: where the runbook provides for it, queues are filled again from the databases.",
        ...(systems.includes("pm")
          ? ["Neo4j of PM Intelligence is not backed up. It may be ahead of PostgreSQL."]
          : []),
        ...(systems.includes("ai-backend") ? ["The models of the AI Backend were created from its image again."] : []),
      ],
    };
  },
};
