"""
OmniOps' scripts/requeue-failed-jobs: "Disaster Recovery Procedures: Redis Failure: Requeue failed jobs (from database)".
The guide names no queue; this one is the list omniops:sentiment-analysis of messages' IDs.
"""
from common import log_to
from postgres import Database
from redis_client import connect

queue = "omniops:sentiment-analysis"

log_to({})
redis = connect()
unfinished = Database().rows(
    "SELECT message_id FROM sentiment_analysis WHERE status <> 'completed' ORDER BY created_at, id"
)
waiting = set(redis.lrange(queue, 0, -1))
lost = [row["message_id"] for row in unfinished if row["message_id"] not in waiting]
if lost:
    redis.rpush(queue, *lost)
print(f"requeued {len(lost)} jobs, {len(unfinished) - len(lost)} were queued")
