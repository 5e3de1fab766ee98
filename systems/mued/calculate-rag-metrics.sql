-- MUED's batch job ("Phase 3: Batch Job Testing"): the RAG metrics of a day, and whether they met their objectives.
--
-- Run by the owner or mued_app: psql -v ON_ERROR_STOP=1 -v time_zone=Asia/Tokyo -v slo_citation_rate=70
--   -v slo_latency_p50_ms=1500 -v slo_cost_per_answer=3 -f calculate-rag-metrics.sql
--   time_zone            where the day begins and ends
--   day                  YYYY-MM-DD; default yesterday in that time zone
--   slo_citation_rate    per cent of the answers with at least one citation, at least
--   slo_latency_p50_ms   median latency, at most
--   slo_cost_per_answer  mean cost of an answer in JPY, at most
--
-- A day has one row, and running again for a day renews it: late or twice at once is no matter. Objectives are compared
-- with the row's own, rounded figures. What was not measured meets nothing and misses nothing: null. So a day without
-- queries has a row with 0 queries, no figures, and null for every objective.
SET lock_timeout = '5s';
SET statement_timeout = '10min';
SET client_min_messages = 'warning';
\set QUIET on
\pset tuples_only on
\pset format unaligned
\if :{?time_zone}
\else
\set time_zone ''
\endif
\if :{?day}
\else
\set day ''
\endif
\if :{?slo_citation_rate}
\else
\set slo_citation_rate ''
\endif
\if :{?slo_latency_p50_ms}
\else
\set slo_latency_p50_ms ''
\endif
\if :{?slo_cost_per_answer}
\else
\set slo_cost_per_answer ''
\endif
SELECT set_config('mued.time_zone', :'time_zone', false) AS unused,
  set_config('mued.day', :'day', false) AS unused,
  set_config('mued.slo_citation_rate', :'slo_citation_rate', false) AS unused,
  set_config('mued.slo_latency_p50_ms', :'slo_latency_p50_ms', false) AS unused,
  set_config('mued.slo_cost_per_answer', :'slo_cost_per_answer', false) AS unused
\gset

DO $$
DECLARE
  zone text := current_setting('mued.time_zone');
  day text := current_setting('mued.day');
  today date;
  objective text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_timezone_names WHERE name = zone) THEN
    RAISE EXCEPTION 'time_zone is "%", but must be the name of a time zone: psql -v time_zone=Asia/Tokyo', zone;
  END IF;
  today := (now() AT TIME ZONE zone)::date;
  IF day = '' THEN
    PERFORM set_config('mued.day', (today - 1)::text, false);
  ELSE
    IF day !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN
      RAISE EXCEPTION 'day is "%", but must be a day as YYYY-MM-DD', day;
    END IF;
    IF day::date > today THEN
      RAISE EXCEPTION 'day is "%", which has not begun yet in %', day, zone;
    END IF;
  END IF;
  FOREACH objective IN ARRAY ARRAY['slo_citation_rate', 'slo_latency_p50_ms', 'slo_cost_per_answer'] LOOP
    IF current_setting('mued.' || objective) !~ '^[0-9]{1,9}(\.[0-9]{1,9})?$' THEN
      RAISE EXCEPTION '% is "%", but must be a number: psql -v %=NUMBER', objective,
        current_setting('mued.' || objective), objective;
    END IF;
  END LOOP;
  IF to_regclass('public.idx_rag_metrics_date_unique') IS NULL THEN
    RAISE EXCEPTION '% may have several rows for a day: deploy the change 0003_optimize_rag_indexes first',
      'rag_metrics_history';
  END IF;
END
$$;

SELECT current_setting('mued.day') AS day
\gset
\echo Calculating metrics for period: :day to :day (:time_zone)

WITH period AS (
  SELECT day, day::timestamp AT TIME ZONE zone AS start, (day + 1)::timestamp AT TIME ZONE zone AS "end"
  FROM (SELECT current_setting('mued.day')::date AS day, current_setting('mued.time_zone') AS zone) AS wanted
),
measured AS (
  SELECT count(*) AS total_queries,
    coalesce(sum(jsonb_array_length(citations)), 0) AS citation_count,
    round(100.0 * count(*) FILTER (WHERE jsonb_array_length(citations) > 0) / nullif(count(*), 0), 2) AS citation_rate,
    round((percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms))::numeric) AS latency_p50_ms,
    round((percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms))::numeric) AS latency_p95_ms,
    round((percentile_cont(0.99) WITHIN GROUP (ORDER BY latency_ms))::numeric) AS latency_p99_ms,
    round(avg(token_cost_jpy), 4) AS cost_per_answer
  FROM period
  JOIN public.ai_dialogue_log ON created_at >= period.start AND created_at < period."end"
),
compared AS (
  SELECT citation_rate >= current_setting('mued.slo_citation_rate')::numeric AS citation_rate_met,
    latency_p50_ms <= current_setting('mued.slo_latency_p50_ms')::numeric AS latency_met,
    cost_per_answer <= current_setting('mued.slo_cost_per_answer')::numeric AS cost_met
  FROM measured
)
INSERT INTO public.rag_metrics_history AS history (
  date, citation_rate, citation_count, latency_p50_ms, latency_p95_ms, latency_p99_ms, cost_per_answer, total_queries,
  slo_compliance
)
SELECT day, citation_rate, citation_count, latency_p50_ms, latency_p95_ms, latency_p99_ms, cost_per_answer,
  total_queries,
  jsonb_build_object(
    'citationRateMet', citation_rate_met,
    'latencyMet', latency_met,
    'costMet', cost_met,
    'overallMet', citation_rate_met AND latency_met AND cost_met
  )
FROM period, measured, compared
ON CONFLICT (date) DO UPDATE SET citation_rate = excluded.citation_rate, citation_count = excluded.citation_count,
  latency_p50_ms = excluded.latency_p50_ms, latency_p95_ms = excluded.latency_p95_ms,
  latency_p99_ms = excluded.latency_p99_ms, cost_per_answer = excluded.cost_per_answer,
  total_queries = excluded.total_queries, slo_compliance = excluded.slo_compliance
RETURNING
  jsonb_pretty(jsonb_build_object(
    'citationRate', history.citation_rate,
    'citationCount', history.citation_count,
    'latencyP50Ms', history.latency_p50_ms,
    'latencyP95Ms', history.latency_p95_ms,
    'latencyP99Ms', history.latency_p99_ms,
    'costPerAnswer', history.cost_per_answer,
    'totalQueries', history.total_queries
  )) AS metrics,
  jsonb_pretty(history.slo_compliance) AS slo_compliance
\gset
\echo Metrics calculation completed for :day
\echo Metrics: :metrics
\echo SLO Compliance: :slo_compliance
