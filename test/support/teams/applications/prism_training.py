"""PRISM's worker prism-model-training: "BullMQ Workers: Model Training Worker". It trains nothing, but uses up feedback."""
import logging
import os

from common import log_to
from postgres import Database
from prism_queue import work
from redis_client import connect

batch_size = int(os.environ.get("FEEDBACK_BATCH_SIZE", 100))
threshold = int(os.environ.get("RETRAINING_THRESHOLD", 50))

log_to({})
database = Database()


def train():
    waiting = database.value("SELECT count(*) FROM ai_feedback WHERE NOT used_in_training")
    if waiting < threshold:
        logging.info("%d items of feedback, training begins with %d", waiting, threshold)
        return
    used = database.value(
        """WITH batch AS (SELECT gen_random_uuid() AS id), used AS (
             UPDATE ai_feedback SET used_in_training = true, training_batch_id = batch.id, trained_at = now() FROM batch
             WHERE ai_feedback.id IN (
               SELECT id FROM ai_feedback WHERE NOT used_in_training ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED)
             RETURNING 1), model AS (
             INSERT INTO ml_models (model_type, version, training_batch_id, training_samples)
             SELECT 'classification', batch.id::text, batch.id, (SELECT count(*) FROM used) FROM batch)
           SELECT count(*) FROM used""",
        (batch_size,),
    )
    logging.info("trained with %d items of feedback", used)


work(connect(), "model-training", train)
