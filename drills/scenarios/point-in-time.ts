import { milliseconds } from "../database";
import { lossOf } from "../measure";
import { cleanUp, loadedDatabase, restored, type Scenario } from "../scenario";

/** A table is dropped by mistake, and the database brought back to the moment before. */
export const pointInTime: Scenario = {
  name: "point-in-time",
  title: "Disaster Recovery: point-in-time recovery",
  description: "a table is dropped by mistake; the database is brought back to the moment before",
  rto: 3600,
  rpo: 900,
  systems: "any",

  async run(drill, system) {
    const { timeline } = drill;
    const { database, writer } = await loadedDatabase(drill, system);
    const noted = await timeline.step("note the time", () => database.now());
    const { moment, disaster, written } = await timeline.step("drop the table", async () => {
      // One line, if it was dropped before the drill was interrupted: soon after the time that was noted.
      const times = await database.sql(
        `SELECT ${milliseconds} WHERE to_regclass('runsheet_drill') IS NOT NULL;
         DROP TABLE IF EXISTS runsheet_drill; SELECT ${milliseconds}`,
      );
      const [moment = noted, disaster = noted] = times.includes("\n") ? times.split("\n").map(Number) : [];
      const written = await writer.acknowledged();
      await writer.stop();
      return { moment, disaster, written };
    });
    const time = drill.at ?? new Date(moment).toISOString();
    const back = await restored(drill, system, { time }, database.name);
    const { recovered, rows } = await timeline.step("count the rows that came back", async () => ({
      recovered: await back.now(),
      rows: await back.rows(),
    }));
    const notes = await cleanUp(drill, system, back, writer, database.name);
    const moments = `The table was dropped at ${new Date(disaster).toISOString()}; the database is that of ${time}.`;
    const counted = lossOf(written, rows, disaster);
    // A moment that was chosen may be from before the first row.
    const loss = drill.at ? { ...counted, rpoSeconds: (disaster - Date.parse(drill.at)) / 1000 } : counted;
    return { disaster, systems: [{ system, recovered, loss }], notes: [moments, ...notes] };
  },
};
