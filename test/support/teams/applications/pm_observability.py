"""
Observability of PM Intelligence's backend: its own Prometheus metrics, and what all pods recorded in performance_metrics
and error_aggregation (V3_012).
"""
import logging
import os

import psycopg2
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from common import Answer

buckets = (5, 10, 25, 50, 100, 250, 500, 1000, 2000, 5000)


class Observability:
    def __init__(self, database):
        self.database = database
        self.records = os.environ.get("PERF_METRICS_ENABLED", "true") == "true"
        self.registry = CollectorRegistry()
        self.requests = Counter("pm_requests", "Requests", registry=self.registry)
        self.duration = Histogram(
            "pm_request_duration_ms", "Duration of requests in milliseconds", buckets=buckets, registry=self.registry
        )
        self.failed = Counter("pm_errors", "Requests that failed", registry=self.registry)
        self.error_rate = Gauge("pm_error_rate", "Requests that failed, in percent", registry=self.registry)
        self.system_health = Gauge("pm_system_health", "1 if the system is healthy, else 0", registry=self.registry)
        self.counts = {"requests": 0, "errors": 0}

    def record(self, request, answer, seconds):
        """Counts a request. Without the table of V3_012 and in the maintenance nothing is recorded in the database."""
        if not request.path.startswith("/api/") or request.path == "/api/health" or answer.status == 503:
            return
        is_error = answer.status >= 500
        self.requests.inc()
        self.duration.observe(seconds * 1000)
        self.failed.inc(is_error)
        self.counts["requests"] += 1
        self.counts["errors"] += is_error
        if not self.records:
            return
        try:
            self.database.rows(
                "INSERT INTO performance_metrics (endpoint, method, status_code, duration_ms) VALUES (%s, %s, %s, %s)",
                (request.path, request.method, answer.status, seconds * 1000),
            )
        except psycopg2.Error as error:
            logging.error("not recorded: %s", str(error).strip())

    def exported(self, healthy):
        self.error_rate.set(100 * self.counts["errors"] / max(1, self.counts["requests"]))
        self.system_health.set(healthy)
        return Answer(generate_latest(self.registry), type=CONTENT_TYPE_LATEST)

    def performance(self, request):
        return self.recorded(
            request,
            "count(*) AS requests, percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms::float) AS p95_ms",
        )[0]

    def errors(self, request):
        [found] = self.recorded(
            request,
            """count(*) AS requests, count(*) FILTER (WHERE status_code >= 500) AS errors,
               coalesce(100.0 * count(*) FILTER (WHERE status_code >= 500) / nullif(count(*), 0), 0)::float AS error_rate""",
        )
        unresolved = self.database.value("SELECT count(*) FROM error_aggregation WHERE status = 'unresolved'")
        return {**found, "unresolved": unresolved}

    def slow(self, request):
        """Requests that missed the objective: "Response time P95 < 2000ms"."""
        return self.recorded(
            request, "endpoint, method, status_code, duration_ms, recorded_at", "AND duration_ms >= 2000 ORDER BY id"
        )

    def recorded(self, request, columns, condition=""):
        """Selects from what was recorded in the last hours. Default: a day."""
        hours = request.number("hours", 24)
        since = "recorded_at >= now() - make_interval(hours => %s)"
        return self.database.rows(f"SELECT {columns} FROM performance_metrics WHERE {since} {condition}", (hours,))
