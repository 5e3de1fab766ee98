/**
 * Worker of the runbook's "Model Training Worker": turns feedback into model versions.
 *
 * A job trains if at least RETRAINING_THRESHOLD feedback items wait. In one transaction it marks the oldest
 * FEEDBACK_BATCH_SIZE of them as used in one batch, and writes a model version that was "trained" on them. A second run
 * finds them used. Nothing is really learned: the accuracy is the share of predictions that users confirmed.
 */
import { randomUUID } from "node:crypto";
import type { Database, Query } from "../core/database";
import type { WorkerDefinition } from "../core/worker";
import { unusedFeedback } from "./feedback";
import { queues, type PrismSettings } from "./settings";

export const modelType = "stand_in_classifier";

/** Statement that takes the oldest unused feedback. Two workers never take the same items. */
const takeBatch = `UPDATE ai_feedback SET used_in_training = true, training_batch_id = $1, trained_at = now()
  WHERE id IN (
    SELECT id FROM ai_feedback WHERE used_in_training = false
    ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
  )
  RETURNING prediction = correction AS confirmed, ai_confidence >= $3 AS confident`;

const insertModel = `INSERT INTO ml_models
    (model_type, version, is_active, training_batch_id, training_samples, accuracy, metrics)
  VALUES ($1, $2, true, $3, $4, $5, $6)`;

interface Sample {
  confirmed: boolean;
  /** True if the AI's confidence reaches the threshold. Null if the feedback has no confidence. */
  confident: boolean | null;
}

export function modelTraining(database: Database, settings: PrismSettings): WorkerDefinition {
  async function handle(): Promise<Record<string, unknown>> {
    const waiting = await unusedFeedback(database, settings.retrainingThreshold);
    if (waiting < settings.retrainingThreshold) return { trained: false, waiting };
    return database.transaction((query) => train(query, settings));
  }

  const recurring = { everySeconds: settings.scheduleSeconds, data: () => ({ reason: "schedule" }) };
  return { queue: queues.modelTraining, handle, recurring };
}

async function train(query: Query, settings: PrismSettings): Promise<Record<string, unknown>> {
  const batch = randomUUID();
  const samples = await query<Sample>(takeBatch, [batch, settings.feedbackBatchSize, settings.confidenceThreshold]);
  if (samples.length === 0) return { trained: false, waiting: 0 };

  const version = `${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}-${batch.slice(0, 8)}`;
  const accuracy = share(samples, ({ confirmed }) => confirmed);
  const metrics = {
    standIn: true,
    confidenceThreshold: settings.confidenceThreshold,
    autoClassified: share(samples, ({ confident }) => confident === true),
  };
  // The previous version stays in the registry, without traffic.
  await query("UPDATE ml_models SET is_active = false WHERE model_type = $1 AND is_active", [modelType]);
  await query(insertModel, [modelType, version, batch, samples.length, accuracy, JSON.stringify(metrics)]);
  return { trained: true, version, samples: samples.length, accuracy };
}

const share = (samples: readonly Sample[], counts: (sample: Sample) => boolean) =>
  Number((samples.filter(counts).length / samples.length).toFixed(4));
