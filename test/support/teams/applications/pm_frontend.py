"""PM Intelligence's frontend: "Phase 4: Verify Frontend". While the maintenance flag is in Redis, its page."""
import os

from common import Answer, log_to, outages, port, serve
from redis_client import connect

log_to({})
redis = connect() if os.environ.get("REDIS_URL") else None
flag = os.environ.get("MAINTENANCE_FLAG", "maintenance_mode")


def in_maintenance():
    try:
        return redis is not None and redis.exists(flag) == 1
    except tuple(outages):
        return False


def page(text):
    return f"<!doctype html><html><head><title>PM Intelligence</title></head><body>{text}</body></html>"


def homepage(_request):
    """It stays ready during the maintenance, or nobody would get even the page."""
    return Answer(page("We are back soon." if in_maintenance() else "PM Intelligence"), type="text/html; charset=utf-8")


serve(port(3000), {("GET", "/"): homepage})
