import { ClusterDatabase } from "../cluster-database";
import { milliseconds } from "../database";
import { span } from "../duration";
import { firstMoment } from "../recovery-window";
import {
  archive,
  cleanUp,
  databaseOf,
  loaded,
  measured,
  restored,
  unlessMade,
  verifiedRestore,
  type Scenario,
} from "../scenario";

/** Drops a table by mistake, and restores the database to the moment before. */
export const pointInTime: Scenario = {
  name: "point-in-time",
  title: "Disaster Recovery: point-in-time recovery",
  description: "a table is dropped by mistake; the database is restored to the moment before",
  rto: 3600,
  rpo: 900,
  systems: "any",

  unsuitable: unlessMade,

  warning: (_, __, { at, now }) =>
    at === undefined
      ? "What anybody writes from the mistake to the end of the restore is not in the database that is served afterwards"
      : `The database is put back to ${at}: what was written in the ${span((now.getTime() - Date.parse(at)) / 1000)} since then, and until the end of the restore, is not in the one that is served afterwards`,

  async unfitCluster({ kubectl, stack }, system, { at }) {
    if (at === undefined) return undefined;
    const { live, server } = await stack.databases(system);
    const first = await firstMoment(new ClusterDatabase(kubectl, stack.namespace(system), live), server);
    return first !== undefined && Date.parse(at) < Date.parse(first)
      ? `--at ${at}: the first moment to which the archive of ${system} can be restored is ${first}`
      : undefined;
  },

  async run(drill, system) {
    const { stack, timeline } = drill;
    const { live, server } = await timeline.step("find the live database", () => stack.databases(system));
    const database = databaseOf(drill, system, live);
    const writer = await loaded(drill, database);
    const noted = await timeline.step("note the time", () => database.now());
    const { moment, disaster, written } = await timeline.step("drop the table", async () => {
      // It prints one line if the table was dropped before an interruption, soon after the noted time.
      const times = await database.sql(
        `SELECT ${milliseconds} WHERE to_regclass('${database.table}') IS NOT NULL;
         DROP TABLE IF EXISTS ${database.table}; SELECT ${milliseconds}`,
      );
      const [moment = noted, disaster = noted] = times.includes("\n") ? times.split("\n").map(Number) : [];
      const written = await writer.acknowledged();
      await writer.stop();
      return { moment, disaster, written };
    });
    const time = drill.at ?? new Date(moment).toISOString();
    const back = await restored(drill, system, time, database.name);
    const { recovered, rows } = await timeline.step("count the rows that came back", async () => ({
      recovered: await back.now(),
      rows: await back.rows(),
    }));
    const notes = await cleanUp(drill, system, back, writer, database.name);
    const moments = `The table was dropped at ${new Date(disaster).toISOString()}; the database was restored to ${time}.`;
    const counted = measured(written, rows, disaster);
    // A given time may be before the first row.
    const loss = drill.at ? { ...counted.loss, rpoSeconds: (disaster - Date.parse(drill.at)) / 1000 } : counted.loss;
    const restoredFrom = { kind: archive, name: server, time };
    return {
      disaster,
      systems: [{ system, recovered, ...counted, loss, restoredFrom, verified: verifiedRestore }],
      notes: [moments, ...notes],
    };
  },
};
