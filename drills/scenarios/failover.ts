import { setTimeout as sleep } from "node:timers/promises";
import { ClusterDatabase } from "../cluster-database";
import { longestGap } from "../measure";
import { loadSeconds, measured, unlessMade, type Scenario } from "../scenario";
import { Writer } from "../writer";

/** Time for which rows are written after the primary was killed, in seconds. */
const afterSeconds = 60;

const kill = "kill it";

/** Kills the primary under load, so that a replica takes over. */
export const failover: Scenario = {
  name: "failover",
  title: "Disaster Recovery: failover",
  description: "the primary is killed while rows are written; a synchronous replica takes over",
  rto: 30,
  rpo: 0,
  systems: "any",

  unsuitable: unlessMade,

  async run({ stack, kubectl, timeline }, system) {
    const settings = stack.configured<{ instances?: number }>(`${system}:postgres`);
    const instances = settings?.instances ?? 1;
    const { live } = await timeline.step("find the live database", () => stack.databases(system));
    if (instances < 3)
      await timeline.stepBefore(kill, "bring the database to 3 servers (pulumi up)", () =>
        stack.up({ [`${system}:postgres`]: { ...settings, instances: 3 } }),
      );
    const database = new ClusterDatabase(kubectl, stack.namespace(system), live);
    const writer = new Writer(database);
    await timeline.step(`write rows for ${loadSeconds} s`, async () => {
      await writer.start();
      await sleep(loadSeconds * 1000);
    });
    const { primary, disaster } = await timeline.stepBefore(kill, "find the primary", async () => ({
      primary: await database.primary(),
      disaster: await database.now(),
    }));
    await timeline.step(kill, () =>
      kubectl.run(
        "delete",
        "-n",
        database.namespace,
        `pod/${primary}`,
        "--ignore-not-found",
        "--grace-period=0",
        "--force",
        "--wait=false",
      ),
    );
    const { written, end } = await timeline.step(`write rows for ${afterSeconds} s more`, async () => {
      await sleep(afterSeconds * 1000);
      const written = await writer.acknowledged();
      const end = await database.now();
      await writer.stop();
      return { written, end };
    });
    const { rows, next } = await timeline.step("count the rows that are there", async () => ({
      rows: await database.rows(),
      next: await database.primary(),
    }));
    const last = written.filter(({ at }) => at <= disaster).length - 1;
    const gap = longestGap(written.slice(Math.max(last, 0)), end);
    const isOver = end - written.at(-1)!.at < gap * 1000;
    await timeline.step("remove what the drill has written", () => database.dropTable());
    if (instances < 3) await timeline.step("bring the database back to its size (pulumi up)", () => stack.up());
    return {
      disaster,
      // Every acknowledged row counts, also those after the failover.
      systems: [
        {
          system,
          recovered: disaster + gap * 1000,
          ...measured(written, rows, written.at(-1)!.at),
          restoredFrom: { kind: "server that is now the primary; nothing was restored", name: next },
          verified: [
            "The time without an acknowledged row was measured.",
            "The acknowledged rows were looked for by their ids.",
          ],
        },
      ],
      notes: [
        ...(isOver
          ? []
          : ["The failover was not finished when the drill stopped waiting: it takes longer than measured."]),
        `${primary} was killed; ${next === primary ? "it came back itself" : `${next} took over`}. Nothing was acknowledged for ${gap.toFixed(1)} s.`,
      ],
    };
  },
};
