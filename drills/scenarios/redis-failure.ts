import { setTimeout as sleep } from "node:timers/promises";
import { runCronJob } from "../job";
import type { Loss } from "../measure";
import { databaseOf, unlessRedisMade, type Scenario } from "../scenario";

const redis = "omniops-redis-0";
const schedule = "omniops-requeue-failed-jobs";
const jobs = 50;
/** Conversation with the messages of the drill's jobs. */
const conversation = "00000000-0000-4000-8000-000000000d11";
const ofDrill = `message_id IN (SELECT id FROM messages WHERE conversation_id = '${conversation}')`;

/** Deletes OmniOps' Redis with its data, and queues the jobs again from the database. */
export const redisFailure: Scenario = {
  name: "redis-failure",
  title: "Scenario 2: Redis Failure",
  description: "Redis is lost with the jobs that wait in it; they are queued again from the database",
  rto: 3600,
  rpo: 0,
  systems: ["omniops"],

  unsuitable(stack, system) {
    const other = unlessRedisMade(stack, system);
    if (other !== undefined) return other;
    const requeue = stack.configured<{ readonly schedule?: string }>("omniops:requeue");
    return requeue?.schedule ? undefined : "this drill runs the schedule of omniops:requeue.schedule: set it first";
  },

  async run(drill, system) {
    const { stack, kubectl, timeline } = drill;
    const namespace = stack.namespace(system);
    const live = await timeline.step("find the live database", () => stack.live(system));
    const database = databaseOf(drill, system, live);
    /** Runs SQL that names the application's tables. */
    const among = (statement: string) => database.sql(`${database.amongTables} ${statement}`);
    const queue = () =>
      runCronJob(
        kubectl,
        { namespace, cronJob: schedule, problem: "the jobs were not queued again" },
        { seconds: 240, pauseMilliseconds: 500 },
      );
    await timeline.step(`note ${jobs} jobs in the database, as the application does`, () =>
      among(`
        DELETE FROM conversations WHERE id = '${conversation}';
        INSERT INTO conversations (id, customer_id) SELECT '${conversation}', id FROM customers LIMIT 1;
        WITH written AS (
          INSERT INTO messages (conversation_id, role, content) SELECT '${conversation}', 'customer', 'of a drill, ' || n
          FROM generate_series(1, ${jobs}) AS n RETURNING id, conversation_id
        )
        INSERT INTO sentiment_analysis (conversation_id, message_id, status, created_at)
        SELECT conversation_id, id, 'pending', now() - interval '10 minutes' FROM written`),
    );
    const disaster = await timeline.step("lose Redis, and what it holds", async () => {
      const disaster = await database.now();
      await kubectl.run("delete", "pod", "-n", namespace, redis, "--grace-period=0", "--force");
      return disaster;
    });
    await timeline.step("Redis is started again", () =>
      kubectl.run("rollout", "status", "-n", namespace, "statefulset/omniops-redis", "--timeout=300s"),
    );
    await timeline.step("queue the jobs again from the database", queue);
    const recovered = await timeline.step("every job is done", async () => {
      const end = Date.now() + 300_000;
      while (
        Number(await among(`SELECT count(*) FROM sentiment_analysis WHERE ${ofDrill} AND status = 'completed'`)) < jobs
      ) {
        if (Date.now() > end) throw new Error("the jobs were not done within 5 min");
        await sleep(500);
      }
      return database.now();
    });
    const loss = await timeline.step("count what was done, also when they are queued once more", async () => {
      await queue();
      const counts = await among(
        `SELECT count(*), count(DISTINCT message_id) FROM sentiment_analysis WHERE ${ofDrill} AND status = 'completed'`,
      );
      return lossOf(counts.split("|").map(Number) as [number, number]);
    });
    await timeline.step("remove what the drill has written", () =>
      among(`DELETE FROM conversations WHERE id = '${conversation}'`),
    );
    return {
      disaster,
      systems: [
        {
          system,
          recovered,
          loss,
          restoredFrom: { kind: "jobs that the database has", name: live },
          verified: [
            `Each of the ${jobs} jobs was looked for as completed, by its message, also after one more queueing.`,
          ],
        },
      ],
      notes: ["The figures count jobs, not rows."],
    };
  },
};

const lossOf = ([done, distinct]: readonly [number, number]): Loss => ({
  acknowledged: jobs,
  survived: distinct,
  lost: jobs - distinct,
  doubled: done - distinct,
  rpoSeconds: 0,
});
