import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ClusterDatabase } from "../cluster-database";
import { corruptingChange, obstacleToChange, withCorruptingChange } from "../corrupting-change";
import { keepApart, keepingEnded, keptIds, keptSchema, snapshotOf, withoutDrill } from "../kept";
import type { Kubectl } from "../kubectl";
import {
  archive,
  cleanUp,
  loaded,
  loadSeconds,
  measured,
  restored,
  unlessArchived,
  unlessMade,
  verifiedRestore,
  type Scenario,
} from "../scenario";

/** Deploys a migration that damages rows, and restores the database to before it; what was written since is kept apart. */
export const badMigration: Scenario = {
  name: "bad-migration",
  title: "Rollback Procedures: restore from the backup before the migration",
  description:
    "a migration damages rows; the database is restored to before it, and what was written since is kept apart",
  rto: 3600,
  rpo: 900,
  systems: "any",

  unsuitable: (stack, system) => unlessMade(stack, system) ?? unlessArchived(stack) ?? obstacleToChange(stack, system),

  warning: () =>
    `What anybody writes from the migration to the end of the restore is not served afterwards: it is kept in the schema ${keptSchema}, for you to put back`,

  async run(drill, system) {
    const { stack, kubectl, timeline, directory } = drill;
    const namespace = stack.namespace(system);
    const { live, server } = await timeline.step("find the live database", () => stack.databases(system));
    const database = new ClusterDatabase(kubectl, namespace, live);
    const writer = await loaded(drill, database);
    const { snapshot, marked } = await timeline.step("mark what is there before the migration", async () => ({
      snapshot: await snapshotOf(database),
      marked: new Date(await database.now()).toISOString(),
    }));
    const since = `since_${marked.replaceAll(/[-:]|\.\d+/g, "").toLowerCase()}`;
    const { ranBefore } = await timeline.step("deploy a migration that damages rows (pulumi up)", async () => {
      const project = join(directory, "migrations");
      withCorruptingChange(stack, system, project);
      // An up that failed may have come as far as its Job, and another one runs that again.
      const ranBefore = (await damagedRows(database)) > 0;
      await stack.up({ [`${system}:migrations`]: { sqitch: project } });
      return { ranBefore };
    });
    const damaged = await timeline.step("find the damage", () => damageOf(database));
    const before = await timeline.step("find when the migration began", () =>
      ranBefore ? Promise.resolve(marked) : beginOf(kubectl, namespace, system),
    );
    const disaster = ranBefore ? Date.parse(marked) : damaged;
    await timeline.step(`write rows for ${loadSeconds} s more`, () => sleep(loadSeconds * 1000));
    const back = await restored(drill, system, before, live);
    const { recovered, written, rows } = await timeline.step("count the rows that came back", async () => {
      const recovered = await back.now();
      const written = await writer.acknowledged();
      await writer.stop();
      return { recovered, written, rows: await back.rows() };
    });
    const target = new ClusterDatabase(kubectl, namespace, back.name);
    const kept = await timeline.step(
      "keep apart what was written since, from the database that was given up",
      () => keepApart(database, target, { snapshot, table: since }),
      { undo: () => keepingEnded(database) },
    );
    const ids = await timeline.step("count the undamaged ones of them", () => keptIds(target, since));
    const left = await timeline.step("remove the drill's rows of them", () => withoutDrill(target, since, kept));
    const notes = await cleanUp(drill, system, target, writer, live);
    // Every acknowledged row counts, also those after the migration; one that is kept apart is not lost. The RPO is the age
    // of what is served.
    const { loss, ...counted } = measured(written, [...new Set([...rows, ...ids])], written.at(-1)!.at);
    const { rpoSeconds } = measured(written, rows, damaged).loss;
    return {
      disaster,
      systems: [
        {
          system,
          recovered,
          ...counted,
          loss: { ...loss, rpoSeconds },
          restoredFrom: { kind: archive, name: server, time: before },
          verified: [
            ...verifiedRestore,
            `The rows since the migration were looked for among the ${ids.length} undamaged ones that were kept apart.`,
          ],
        },
      ],
      notes: [
        `The database was restored to ${before}: ${ranBefore ? "its Job ran more than once, and that is the last moment that is known to be before" : "the migration's Job began then"}. Lost rows are those that the migration damaged after that.`,
        `${ids.length} undamaged rows of the drill were kept apart in ${keptSchema}.${since}, and count as there.`,
        ...left,
        ...notes,
      ],
    };
  },
};

const damagedRows = async (database: ClusterDatabase): Promise<number> =>
  Number(await database.sql(`SELECT count(*) FROM ${database.table} WHERE NOT isfinite(written)`));

/**
 * Resolves to the time of the damage, in milliseconds since 1970.
 * @throws Error if there is none
 */
async function damageOf(database: ClusterDatabase): Promise<number> {
  if ((await damagedRows(database)) === 0)
    throw new Error("the damage was not found: the migration has damaged no row");
  // Sqitch records a change right after its commit.
  return Number(
    await database.sql(
      `SELECT floor(extract(epoch FROM committed_at) * 1000) FROM sqitch.changes WHERE change = '${corruptingChange}'`,
    ),
  );
}

/**
 * Finds when the migration's Job began, in whole seconds: nothing of the migration was committed before.
 * @throws Error if there is no such Job
 */
async function beginOf(kubectl: Kubectl, namespace: string, system: string): Promise<string> {
  // A system that deploys its changes in one transaction has one Job for them.
  const names = [corruptingChange.replaceAll("_", "-"), "together"].map((id) => `${system}-migrate-${id}`);
  const selector = `app.kubernetes.io/name in (${names.join(",")})`;
  const times = await kubectl.run(
    ...["get", "jobs", "-n", namespace, "-l", selector, "-o", "jsonpath={.items[*].status.startTime}"],
  );
  const newest = times.split(/\s+/).filter(Boolean).sort().at(-1);
  if (newest === undefined) throw new Error(`the Job of the migration is gone: there is none of ${names.join(" or ")}`);
  return newest;
}
