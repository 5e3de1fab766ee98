"""MUED LMS, as "Phase 2 Deployment Checklist: Critical Checks" asks it."""
import uuid

import psycopg2.errors

from common import Failure, log_to, port, serve
from postgres import Database

log_to({})
database = Database()


def health(_request):
    database.rows("SELECT 1")
    return "OK"


def chat(request):
    """Answers a question, and logs the dialogue. No model is asked."""
    query = request.json().get("query")
    if not isinstance(query, str) or query == "":
        raise Failure(400, "query is missing")
    dialogue = (str(uuid.uuid4()), query, "No model was asked.")
    try:
        database.rows("INSERT INTO ai_dialogue_log (session_id, query, response) VALUES (%s, %s, %s)", dialogue)
    except psycopg2.errors.UndefinedTable:
        # "Post-Rollback Verification: application responds normally", without the tables of Phase 2.
        pass
    return {"response": dialogue[2]}


serve(port(3000), {("GET", "/api/health"): health, ("POST", "/api/ai/chat"): chat})
