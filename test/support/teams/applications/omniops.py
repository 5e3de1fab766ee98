"""OmniOps, as "Phase 4 Deployment Guide: Kubernetes Deployment" asks it: by the two probes of its pods."""
from common import log_to, port, required, serve
from postgres import Database
from redis_client import connect

log_to({})
required("OPENAI_API_KEY")
database = Database()
redis = connect()


def health(_request):
    """livenessProbe: a restart would not bring back the database."""
    return "OK"


def ready(_request):
    """readinessProbe."""
    database.rows("SELECT 1")
    redis.ping()
    return "OK"


serve(port(3000), {("GET", "/api/health"): health, ("GET", "/api/ready"): ready})
