import { setTimeout as sleep } from "node:timers/promises";
import { locationOf } from "../../components/system/backups";
import { ClusterDatabase } from "../cluster-database";
import { placeOf } from "../elsewhere/original";
import { inAll } from "../in-all";
import { runCronJob } from "../job";
import { longestGap } from "../measure";
import { loadSeconds, measured, unlessArchived, unlessMade, type Drill, type Scenario } from "../scenario";
import { archivingFails, expectBaseBackup, ledBack, loseStore, roomForWal, roomText } from "../store-outage";
import { proveWayBack } from "../way-back";
import { endAll, Writer } from "../writer";

/** Limit for a dump, in seconds. */
const dumpSeconds = 7200;

const [losing, failingToArchive] = ["the object store no longer answers", "archiving fails in each"];

/** The object store is away, and comes back empty: the databases go on, and are backed up anew. */
export const objectStoreLost: Scenario = {
  name: "object-store-lost",
  title: "Backups: the object store is lost",
  description: "the object store does not answer, and comes back empty; everything is backed up anew and verified",
  rto: 7200,
  rpo: 0,
  systems: "stack",

  unsuitable: (stack) =>
    unlessArchived(stack) ??
    (stack.isProtected
      ? `the archive of the stack ${stack.name} would have a gap, and its data is protected: use a stack with runsheet:protect false`
      : stack.systems.map((system) => unlessMade(stack, system)).find((why) => why !== undefined)),

  warning: () =>
    "While the drill lasts nothing can be restored to that time, neither during nor after it: the archive has a gap there",

  async run(drill) {
    const { stack, kubectl, timeline } = drill;
    const { systems } = stack;
    const place = placeOf(stack);
    const found = await timeline.step("find the live databases", () =>
      inAll(systems, (system) => stack.databases(system)),
    );
    const database = (system: string) => new ClusterDatabase(kubectl, stack.namespace(system), found[system]!.live);
    const writers = systems.map((system) => new Writer(database(system)));
    await timeline.step(`write rows for ${loadSeconds} s in each`, async () => {
      await Promise.all(writers.map((writer) => writer.start()));
      await sleep(loadSeconds * 1000);
    });
    const undo = () => ledBack(place.endpoint, systems.map(database));
    // Whatever fails while the store is away, the archives are led back. A drill that continues loses it once more.
    const away = <Result>(title: string, work: () => Promise<Result>) =>
      timeline.step(title, work, { undo, undone: [losing, failingToArchive] });
    const disaster = await away(losing, async () => {
      timeline.say("if this process is killed from here on, pulumi up leads the archives back");
      const at = Date.now();
      await inAll(systems, (system) => loseStore(database(system)));
      return at;
    });
    const failing = await away(failingToArchive, () => inAll(systems, (system) => archivingFails(database(system))));
    const rooms = await away(`write rows for ${loadSeconds} s more, and see how fast the log grows`, () =>
      inAll(systems, (system) => roomForWal(database(system), loadSeconds)),
    );
    const lost = `${place.prefix}-after-drill-${new Date(disaster)
      .toISOString()
      .replaceAll(/[-:]|\.\d+/g, "")
      .toLowerCase()}`;
    const settings = stack.configured<object>("runsheet:backups")!;
    await timeline.step(
      "it comes back empty: go on there, and take base backups (pulumi up)",
      () => stack.up({ "runsheet:backups": { ...settings, prefix: lost, movedFrom: locationOf(place) } }),
      // An up that fails may not have come to every archive.
      { undo },
    );
    await timeline.step("every base backup is complete", () =>
      inAll(systems, (system) => expectBaseBackup(database(system), disaster)),
    );
    for (const system of systems) {
      await timeline.step(`take a dump of ${system}, as every night`, () => dump(drill, system));
      // One after the other, so that each has the node to itself.
      await timeline.step(`prove that ${system} comes back from there`, () => proveWayBack(database(system), system));
    }
    const recovered = await timeline.step("note when all is backed up again", () => Promise.resolve(Date.now()));
    const written = await timeline.step("read what was acknowledged", () => endAll(writers));
    const rows = await timeline.step("count the rows that are there", () =>
      inAll(systems, (system) => database(system).rows()),
    );
    await timeline.step("remove what the drill has written", () =>
      inAll(systems, (system) => database(system).dropTable()),
    );
    await timeline.step("go back to the first place, with new base backups there (pulumi up)", () =>
      stack.up({ "runsheet:backups": { ...settings, movedFrom: locationOf({ ...place, prefix: lost }) } }),
    );
    await timeline.step("go on with the configuration (pulumi up)", () => stack.up());
    return {
      disaster,
      systems: systems.map((system, index) => ({
        system,
        recovered,
        ...measured(written[index]!, rows[system]!, written[index]!.at(-1)!.at),
        restoredFrom: { kind: "database itself; nothing was restored", name: found[system]!.live },
        verified: [
          `PostgreSQL reported the failure of archiving ${((failing[system]! - disaster) / 1000).toFixed(1)} s after the store was away.`,
          `Meanwhile rows were acknowledged, with at most ${longestGap(written[index]!, written[index]!.at(-1)!.at).toFixed(1)} s between two.`,
          roomText(system, rooms[system]!),
          "The WAL of the outage is archived, and the newest backup of the new place was restored and verified.",
          "The acknowledged rows were looked for by their ids.",
        ],
      })),
      notes: [
        "RTO is the time until everything is backed up again, and its restore proven. The databases served all the while. What was written meanwhile existed once.",
        "With runsheet:monitoring the alert WalArchivingFailing fires 5 min after the failure. That was not waited for.",
        `The archive in ${place.prefix} has a gap from ${new Date(disaster).toISOString()} to the base backups at the end of the drill. Moments before and after can be restored.`,
        `What was backed up meanwhile is in ${place.bucket}/${lost}: delete it when you like.`,
      ],
    };
  },
};

/** Runs the nightly dump of a system that has one. */
async function dump({ stack, kubectl }: Drill, system: string): Promise<string> {
  const namespace = stack.namespace(system);
  const cronJob = `${system}-dump-scheduled`;
  const there = await kubectl.run("get", "cronjob", "-n", namespace, cronJob, "--ignore-not-found", "-o", "name");
  if (there === "") return "none is configured";
  await runCronJob(
    kubectl,
    { namespace, cronJob, problem: "the dump failed" },
    { seconds: dumpSeconds, pauseMilliseconds: 2000 },
  );
  return cronJob;
}
