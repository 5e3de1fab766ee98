"""PRISM's API, as "PRISM Phase 5 Deployment Runbook: Health Checks" and "Troubleshooting: Insights Not Generating" ask."""
import os

from common import Answer, Failure, log_to, port, serve
from postgres import Database
from prism_queue import enqueue
from redis_client import connect

log_to({})
database = Database()
redis = connect()


def health(_request):
    database.rows("SELECT 1")
    redis.ping()
    return "OK"


def trigger_insights(request):
    if not request.bears(os.environ.get("ADMIN_TOKEN", "")):
        raise Failure(401, "unauthorized")
    return Answer({"jobId": enqueue(redis, "monthly-insights")}, 202)


serve(port(3000), {("GET", "/health"): health, ("POST", "/api/admin/trigger-insights"): trigger_insights})
