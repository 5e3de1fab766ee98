/**
 * Routes of the runbook's "AI Feedback Collection System": users' corrections of the AI's decisions.
 *
 * - POST /api/feedback {userId, businessId, entityType, entityId?, field, aiPrediction, userCorrection, confidence?,
 *   modelVersion?} -> 201 {id}; 403 if the business is another user's. entityType is transaction, invoice, business or
 *   tax_profile. entityId may be omitted for the last two. Default: the business or the user.
 * - GET /api/feedback/:id -> 200 with the same fields, usedInTraining, trainingBatchId and createdAt; 404.
 *
 * Enough unused feedback (RETRAINING_THRESHOLD) adds a job to the queue model-training.
 */
import type { Context } from "../core/application";
import { Refused, type Database } from "../core/database";
import { json, number, oneOf, optional, readBody, text, uuid } from "../core/fields";
import { HttpError, type Answer, type Request, type Route } from "../core/http";
import { errorMessage } from "../core/log";
import { queues, type PrismSettings } from "./settings";

const insert = `INSERT INTO ai_feedback
    (user_id, business_id, subject_type, subject_id, prediction, correction, ai_confidence, model_version)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`;

const select = `SELECT id, user_id AS "userId", business_id AS "businessId", subject_type AS "entityType",
    subject_id AS "entityId", prediction, correction, ai_confidence::float8 AS confidence,
    model_version AS "modelVersion", used_in_training AS "usedInTraining", training_batch_id AS "trainingBatchId",
    created_at AS "createdAt"
  FROM ai_feedback WHERE id = $1`;

interface Row {
  prediction: Record<string, unknown>;
  correction: Record<string, unknown>;
}

export function feedbackRoutes(context: Context, settings: PrismSettings): Route[] {
  const { database, metrics, log } = context;
  const training = context.queue(queues.modelTraining);
  const received = metrics.counter("prism_feedback_total", "Feedback received.", [{}]);
  const corrections = metrics.counter("prism_feedback_corrections_total", "Feedback that corrects the AI.", [{}]);

  async function post(request: Request): Promise<Answer> {
    const feedback = readFeedback(request.body);
    const user = database.as(feedback.userId);
    const [row] = await user.query<{ id: string }>(insert, feedback.values).catch((error: unknown) => {
      const names = { ai_feedback_user_id_fkey: "userId", ai_feedback_business_id_fkey: "businessId" };
      throw error instanceof Refused ? error.naming(names) : error;
    });
    received.increment();
    if (feedback.corrects) corrections.increment();
    // The feedback is stored, so an unreachable queue must not fail the request. The worker also checks by itself.
    await askForTraining().catch((error: unknown) => log("training not asked for", { error: errorMessage(error) }));
    return { status: 201, body: { id: row?.id } };
  }

  async function askForTraining(): Promise<void> {
    const enough = (await unusedFeedback(database, settings.retrainingThreshold)) >= settings.retrainingThreshold;
    if (enough && (await training.depth()) === 0) await training.add({ reason: "enough feedback" });
  }

  async function get(request: Request): Promise<Answer> {
    const [row] = await database.query<Row>(select, [uuid(request.params, "id")]);
    if (!row) throw new HttpError(404, "There is no such feedback.");
    const { prediction, correction, ...rest } = row;
    const [field] = Object.keys(prediction);
    const values = { field, aiPrediction: prediction[field!], userCorrection: correction[field!] };
    return { status: 200, body: { ...rest, ...values } };
  }

  return [
    { method: "POST", path: "/api/feedback", handle: post },
    { method: "GET", path: "/api/feedback/:id", handle: get },
  ];
}

/** Counts the feedback that waits for training, at most to `limit`. */
export async function unusedFeedback(database: Database, limit: number): Promise<number> {
  const waiting = "SELECT 1 FROM ai_feedback WHERE used_in_training = false LIMIT $1";
  const [row] = await database.query<{ count: number }>(`SELECT count(*)::int AS count FROM (${waiting}) waiting`, [
    limit,
  ]);
  return row?.count ?? 0;
}

function readFeedback(requestBody: unknown) {
  const body = readBody(requestBody);
  const userId = uuid(body, "userId");
  const businessId = uuid(body, "businessId");
  const entityType = oneOf(body, "entityType", ["transaction", "invoice", "business", "tax_profile"]);
  const itself = { business: businessId, tax_profile: userId, transaction: undefined, invoice: undefined }[entityType];
  const entityId = optional(body, "entityId", uuid) ?? itself ?? uuid(body, "entityId");
  const field = text(body, "field");
  const prediction = JSON.stringify({ [field]: json(body, "aiPrediction") });
  const correction = JSON.stringify({ [field]: json(body, "userCorrection") });
  const confidence = optional(body, "confidence", (from, name) => number(from, name, 0, 1));
  const modelVersion = optional(body, "modelVersion", text);
  return {
    userId,
    values: [userId, businessId, entityType, entityId, prediction, correction, confidence, modelVersion],
    corrects: prediction !== correction,
  };
}
