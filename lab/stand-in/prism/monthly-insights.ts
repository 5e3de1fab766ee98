/**
 * Worker of the runbook's "Monthly Insights Worker": writes insights for each user and month into user_insights.
 *
 * A job with a userId covers one user. A job without one covers all users with feedback in the month, at most
 * INSIGHTS_BATCH_SIZE at a time. If there are more, it adds a job that continues `after` the last user. Another run for
 * the same user and month renews the row, and keeps the times of reading and acting. The worker's own recurring job
 * only creates the missing rows of the last month.
 */
import type { Context } from "../core/application";
import { boolean, month as readMonth, optional, uuid } from "../core/fields";
import type { Job } from "../core/queue";
import type { WorkerDefinition } from "../core/worker";
import { lastMonth } from "./month";
import { queues, type PrismSettings } from "./settings";

export const insightType = "feedback_activity";

const usersOfMonth = `SELECT DISTINCT user_id AS id FROM ai_feedback
  WHERE created_at >= ($1 || '-01')::timestamp AT TIME ZONE 'UTC'
    AND created_at < (($1 || '-01')::timestamp + interval '1 month') AT TIME ZONE 'UTC'
    AND ($2::uuid IS NULL OR user_id > $2)
    AND NOT ($4 AND EXISTS (
      SELECT FROM user_insights
      WHERE user_insights.user_id = ai_feedback.user_id AND month = ($1 || '-01')::date
    ))
  ORDER BY user_id LIMIT $3`;

/** Statement that writes the insights. A single one is idempotent and needs no transaction. */
const writeInsights = `INSERT INTO user_insights (user_id, month, insight_type, title, body, priority, details)
  SELECT person, ($1 || '-01')::date, '${insightType}', 'Your corrections of ' || $1,
    'You corrected ' || corrected || ' of ' || total || ' decisions. (Written by the stand-in application.)',
    CASE WHEN corrected * 2 > total THEN 'high' WHEN corrected > 0 THEN 'medium' ELSE 'low' END,
    jsonb_build_object('standIn', true, 'feedback', total, 'corrections', corrected)
  FROM unnest($2::uuid[]) AS person
  CROSS JOIN LATERAL (
    SELECT count(*) AS total, count(*) FILTER (WHERE prediction <> correction) AS corrected
    FROM ai_feedback
    WHERE user_id = person
      AND created_at >= ($1 || '-01')::timestamp AT TIME ZONE 'UTC'
      AND created_at < (($1 || '-01')::timestamp + interval '1 month') AT TIME ZONE 'UTC'
  ) AS activity
  ON CONFLICT (user_id, month, insight_type) DO UPDATE SET title = excluded.title, body = excluded.body,
    priority = excluded.priority, details = excluded.details, generated_at = now()`;

export function monthlyInsights({ database, queue }: Context, settings: PrismSettings): WorkerDefinition {
  const jobs = queue(queues.monthlyInsights);
  const limit = settings.insightsBatchSize;

  async function handle({ data }: Job): Promise<Record<string, unknown>> {
    const month = optional(data, "month", readMonth) ?? lastMonth();
    const userId = optional(data, "userId", uuid);
    if (userId) return write(month, [userId]);

    const after = optional(data, "after", uuid);
    const onlyMissing = optional(data, "onlyMissing", boolean) ?? false;
    const rows = await database.query<{ id: string }>(usersOfMonth, [month, after, limit, onlyMissing]);
    const users = rows.map(({ id }) => id);
    const result = await write(month, users);
    if (users.length === limit) await jobs.add({ month, onlyMissing, after: users[users.length - 1] });
    return result;
  }

  async function write(month: string, users: string[]): Promise<Record<string, unknown>> {
    if (users.length > 0) await database.query(writeInsights, [month, users]);
    return { month, users: users.length };
  }

  const data = () => ({ month: lastMonth(), onlyMissing: true });
  const recurring = { everySeconds: settings.scheduleSeconds, data };
  return { queue: queues.monthlyInsights, handle, recurring };
}
