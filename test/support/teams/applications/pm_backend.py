"""PM Intelligence's backend, as "PM Intelligence Platform: Deployment Runbook" asks it in its phases 3, 5, 6 and 7."""
import csv
import io
import os
from pathlib import Path

from common import Answer, Failure, directory, log_to, outages, port, required, serve
from pm_guards import Limit, Maintenance
from pm_observability import Observability
from postgres import Database
from redis_client import connect

# "tail -f logs/combined.log" in the backend's directory, which is /app/backend.
log_to({"": "backend/logs/combined.log"}, errors="backend/logs/error.log")
admin_key, test_key = required("ADMIN_KEY"), required("TEST_API_KEY")
database = Database()
redis = connect()
observability = Observability(database)
version_file = Path(directory, "VERSION")
columns = ("id", "source", "content", "external_id", "created_at")
signals = f"SELECT {', '.join(columns)} FROM signals ORDER BY created_at DESC, id"


def check():
    database.rows("SELECT 1")
    redis.ping()


def health(_request):
    check()
    version = {"version": version_file.read_text().strip()} if version_file.exists() else {}
    return {"status": "ok", **version}


def api_health(_request):
    check()
    return {"status": "ok"}


def list_signals(request):
    return database.rows(f"{signals} LIMIT %s", (request.number("limit", 100),))


def create_signal(request):
    body = request.json()
    values = [body.get(name) for name in ("content", "source")]
    if not all(isinstance(value, str) and value != "" for value in values):
        raise Failure(400, "content and source are texts")
    insert = f"INSERT INTO signals (content, source) VALUES (%s, %s) RETURNING {', '.join(columns)}"
    [created] = database.rows(insert, values)
    return Answer(created, 201)


def export_signals(request):
    exported = request.query.get("format")
    if exported not in ("csv", "json"):
        raise Failure(400, "format is csv or json")
    headers = {"Content-Disposition": f'attachment; filename="signals.{exported}"'}
    rows = database.rows(signals)
    if exported == "json":
        return Answer(rows, headers=headers)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    return Answer(text.getvalue(), type="text/csv; charset=utf-8", headers=headers)


def list_opportunities(_request):
    return database.rows("SELECT id, title, status, created_at FROM opportunities ORDER BY created_at DESC, id")


def system_health(_request):
    check()
    return {"status": "healthy"}


def metrics(_request):
    try:
        check()
        healthy = True
    except tuple(outages):
        healthy = False
    return observability.exported(healthy)


def dead_letters(_request):
    return database.rows("SELECT * FROM neo4j_sync_dead_letter WHERE resolved_at IS NULL ORDER BY id")


def clean_up_backlog(_request):
    days = int(os.environ.get("NEO4J_BACKLOG_CLEANUP_DAYS", 7))
    return {"removed": database.value("SELECT cleanup_neo4j_backlog(%s)", (days,))}


def for_users(route):
    def answer(request):
        if not request.bears(test_key) and not request.bears(admin_key):
            raise Failure(401, "unauthorized")
        return route(request)

    return answer


def for_administrators(route):
    def answer(request):
        if not request.bears(admin_key):
            raise Failure(403 if request.bears(test_key) else 401, "this is for administrators")
        return route(request)

    return answer


users = {
    ("GET", "/api/signals"): list_signals,
    ("POST", "/api/signals"): create_signal,
    ("GET", "/api/signals/export"): export_signals,
    ("GET", "/api/opportunities"): list_opportunities,
}
administrators = {
    ("GET", "/api/admin/observability/health"): system_health,
    ("GET", "/api/admin/observability/performance/stats"): observability.performance,
    ("GET", "/api/admin/observability/performance/slow"): observability.slow,
    ("GET", "/api/admin/observability/errors/stats"): observability.errors,
    ("GET", "/api/admin/observability/metrics/prometheus"): metrics,
    ("GET", "/api/admin/neo4j/dead-letter"): dead_letters,
    ("POST", "/api/admin/neo4j/backlog/cleanup"): clean_up_backlog,
}
routes = {
    ("GET", "/health"): health,
    ("GET", "/api/health"): api_health,
    **{key: for_users(route) for key, route in users.items()},
    **{key: for_administrators(route) for key, route in administrators.items()},
}
maintenance, limit = Maintenance(redis), Limit()
serve(port(3000), routes, lambda request: maintenance.answer(request) or limit.answer(request), observability.record)
