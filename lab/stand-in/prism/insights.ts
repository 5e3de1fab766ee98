/**
 * Routes of the runbook's "Monthly Insights Engine".
 *
 * - POST /api/admin/trigger-insights, Authorization: Bearer ADMIN_TOKEN, {userId?, month?} -> 202 {jobId, month}.
 *   Without a userId the job is for all users with feedback in the month. month is "YYYY-MM". Default: the last month.
 *   The runbook's own request has no body.
 * - GET /api/insights?userId= -> 200 {insights: [{id, userId, month, type, title, body, priority, details, generatedAt,
 *   readAt, actedAt}]}, the latest month first.
 * - POST /api/insights/:id/read?userId=, POST /api/insights/:id/acted?userId= -> 200 {id, readAt, actedAt}; 404, also
 *   for another user's. Without a userId it is any insight. Repeated requests keep the first times. An insight that was acted on counts as read.
 */
import type { Context } from "../core/application";
import { requireBearer } from "../core/authorization";
import { month, optional, readBody, uuid } from "../core/fields";
import { HttpError, type Answer, type Request, type Route } from "../core/http";
import { lastMonth } from "./month";
import { queues, type PrismSettings } from "./settings";

const select = `SELECT id, user_id AS "userId", to_char(month, 'YYYY-MM') AS month, insight_type AS type, title, body,
    priority, details, generated_at AS "generatedAt", read_at AS "readAt", acted_at AS "actedAt"
  FROM user_insights WHERE user_id = $1 ORDER BY user_insights.month DESC, insight_type LIMIT 200`;

const returning = `RETURNING id, read_at AS "readAt", acted_at AS "actedAt"`;
const markRead = `UPDATE user_insights SET read_at = coalesce(read_at, now()) WHERE id = $1 ${returning}`;
const markActed = `UPDATE user_insights SET read_at = coalesce(read_at, now()), acted_at = coalesce(acted_at, now())
  WHERE id = $1 ${returning}`;

export function insightRoutes({ database, queue }: Context, settings: PrismSettings): Route[] {
  const jobs = queue(queues.monthlyInsights);

  async function trigger(request: Request): Promise<Answer> {
    requireBearer(request, "ADMIN_TOKEN", settings.adminToken);
    const body = readBody(request.body ?? {});
    const userId = optional(body, "userId", uuid);
    const wanted = optional(body, "month", month) ?? lastMonth();
    const jobId = await jobs.add({ userId, month: wanted });
    return { status: 202, body: { jobId, month: wanted } };
  }

  async function list(request: Request): Promise<Answer> {
    const userId = uuid({ userId: request.query.get("userId") }, "userId");
    return { status: 200, body: { insights: await database.as(userId).query(select, [userId]) } };
  }

  const mark = (statement: string) => async (request: Request) => {
    const userId = optional({ userId: request.query.get("userId") }, "userId", uuid);
    const access = userId === undefined ? database : database.as(userId);
    const [row] = await access.query(statement, [uuid(request.params, "id")]);
    if (!row) throw new HttpError(404, "There is no such insight.");
    return { status: 200, body: row };
  };

  return [
    { method: "POST", path: "/api/admin/trigger-insights", handle: trigger },
    { method: "GET", path: "/api/insights", handle: list },
    { method: "POST", path: "/api/insights/:id/read", handle: mark(markRead) },
    { method: "POST", path: "/api/insights/:id/acted", handle: mark(markActed) },
  ];
}
