"""
AI Backend, as "AI Backend Deployment Guide: Health Checks" and "Prometheus Metrics" ask it. Redis is a cache: without it
requests are served, but the overall status is 0.
"""
import json
import logging
import os
import time
from collections import deque
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from common import Answer, directory, log_to, outages, port, required, serve
from postgres import Database
from redis_client import connect

log_to({"": "logs/ai_backend.log", "audit": "logs/audit/ai_audit.log", "security": "logs/audit/ai_security.log"})
for name in ("SUPABASE_URL", "SUPABASE_SERVICE_KEY", "SUPABASE_ANON_KEY"):
    required(name)
database = Database(
    connections=int(os.environ.get("DATABASE_MAX_CONNECTIONS", 10)),
    timeout=float(os.environ.get("DATABASE_TIMEOUT_SECONDS", 10)),
)
redis = connect()
models = {file.stem: json.loads(file.read_text()) for file in Path(directory, "models").glob("*.json")}
requests = deque()

health_status = Gauge("ai_backend_health_status", "Overall health status (0/1)")
cache_hit_rate = Gauge("ai_backend_cache_hit_rate", "Cache hit rate (0-1)")
model_accuracy = Gauge("ai_backend_model_accuracy", "ML model accuracy by type", ["type"])
component_health = Gauge("ai_backend_component_health", "Component health status", ["component"])
requests_per_minute = Gauge("ai_backend_requests_per_minute", "Request rate")


def check_database():
    database.rows("SELECT 1")
    return {}


def check_redis():
    stats = redis.info("stats")
    hits, misses = stats["keyspace_hits"], stats["keyspace_misses"]
    return {"hits": hits, "misses": misses, "hit_rate": hits / (hits + misses) if hits + misses else 0}


def check_models():
    if not models:
        raise FileNotFoundError("there is no model")
    return {"loaded": len(models)}


def checked():
    """Checks every component. Returns what was found by the name of the component."""
    found = {}
    for component, check in (("database", check_database), ("redis", check_redis), ("ml_models", check_models)):
        try:
            found[component] = {"status": "ok", **check()}
        except (FileNotFoundError, *outages) as error:
            logging.error("%s: %s", component, str(error).strip())
            found[component] = {"status": "error"}
    return found


def is_healthy(checks):
    return all(check["status"] == "ok" for check in checks.values())


def health(_request):
    check_database()
    return "OK"


def detailed(_request):
    checks = checked()
    healthy = is_healthy(checks)
    return Answer({"status": "ok" if healthy else "error", "checks": checks}, 200 if healthy else 503)


def live(_request):
    return "OK"


def started(_request):
    """The models were read before the first request."""
    return "OK" if models else Answer("no model", 503)


def test_database(request):
    logging.getLogger("audit").info("%s %s", request.method, request.path)
    check_database()
    return {"status": "ok"}


def metrics(_request):
    checks = checked()
    health_status.set(is_healthy(checks))
    cache_hit_rate.set(checks["redis"].get("hit_rate", 0))
    for name, model in models.items():
        model_accuracy.labels(name).set(model["accuracy"])
    for component, check in checks.items():
        component_health.labels(component).set(check["status"] == "ok")
    while requests and requests[0] < time.monotonic() - 60:
        requests.popleft()
    requests_per_minute.set(len(requests))
    return Answer(generate_latest(), type=CONTENT_TYPE_LATEST)


routes = {
    ("GET", "/health"): health,
    ("GET", "/health/detailed"): detailed,
    ("GET", "/health/live"): live,
    ("GET", "/health/ready"): health,
    ("GET", "/health/startup"): started,
    ("POST", "/health/test/database"): test_database,
    ("GET", "/metrics"): metrics,
}
serve(port(8000), routes, after=lambda *_: requests.append(time.monotonic()))
