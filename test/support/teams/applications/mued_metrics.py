"""MUED's batch job calculate-rag-metrics ("Phase 3: Batch Job Testing"): the metrics of the day before, in UTC."""
import json
from datetime import datetime, timedelta, timezone

from postgres import Database

objectives = {"citationRate": 70, "latencyP50": 1500, "costPerAnswer": 3}

database = Database(connections=1)
day = (datetime.now(timezone.utc) - timedelta(days=1)).date()

print(f"Calculating metrics for period: {day} to {day}")
[found] = database.rows(
    """SELECT count(*) AS queries,
         round(100.0 * count(*) FILTER (WHERE jsonb_array_length(citations) > 0) / nullif(count(*), 0), 2) AS rate,
         coalesce(sum(jsonb_array_length(citations)), 0) AS citations,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms)::bigint AS latency,
         round(avg(token_cost_jpy), 4) AS cost
       FROM ai_dialogue_log WHERE (created_at AT TIME ZONE 'UTC')::date = %s""",
    (day,),
)
met = {
    "citationRateMet": found["rate"] is not None and found["rate"] >= objectives["citationRate"],
    "latencyMet": found["latency"] is not None and found["latency"] <= objectives["latencyP50"],
    "costMet": found["cost"] is not None and found["cost"] <= objectives["costPerAnswer"],
}
compliance = {**met, "overallMet": all(met.values())}
database.rows("DELETE FROM rag_metrics_history WHERE date = %s", (day,))
database.rows(
    """INSERT INTO rag_metrics_history
         (date, total_queries, citation_rate, citation_count, latency_p50_ms, cost_per_answer, slo_compliance)
       VALUES (%s, %s, %s, %s, %s, %s, %s)""",
    (
        *(day, found["queries"], found["rate"], found["citations"], found["latency"], found["cost"]),
        json.dumps(compliance),
    ),
)
metrics = {"citationRate": found["rate"], "citationCount": found["citations"]}
print(f"✅ Metrics calculation completed for {day}")
print(f"Metrics: {json.dumps(metrics, default=str, indent=2)}")
print(f"SLO Compliance: {json.dumps(compliance, indent=2)}")
