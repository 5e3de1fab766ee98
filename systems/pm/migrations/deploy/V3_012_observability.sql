-- Deploy pm:V3_012_observability to pg
--
-- How long each request took, errors and how often they occurred, the spans of traces; and views over them that are
-- refreshed every hour.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
\ir refuse_foreign_object.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table(made, 'V3_012_observability')
  FROM unnest(ARRAY['performance_metrics', 'error_aggregation', 'error_occurrences', 'tracing_spans',
    'performance_metrics_hourly', 'error_summary']) AS made;
  PERFORM pg_temp.refuse_foreign_function('refresh_observability_views()', 'V3_012_observability');
END
$$;

CREATE TABLE IF NOT EXISTS public.performance_metrics (
  id bigint GENERATED ALWAYS AS IDENTITY,
  -- The route and not the path, which would be another for each row that is asked for.
  endpoint text NOT NULL,
  method text NOT NULL,
  status_code bigint NOT NULL,
  duration_ms numeric(12, 3) NOT NULL,
  trace_id text,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT performance_metrics_pkey PRIMARY KEY (id),
  CONSTRAINT performance_metrics_endpoint_check CHECK (endpoint <> ''),
  CONSTRAINT performance_metrics_method_check CHECK (method ~ '^[A-Z]+$'),
  CONSTRAINT performance_metrics_status_code_check CHECK (status_code BETWEEN 100 AND 599),
  -- Up to a day, and so never NaN, which would be every percentile's.
  CONSTRAINT performance_metrics_duration_ms_check CHECK (duration_ms BETWEEN 0 AND 86400000)
);
COMMENT ON TABLE public.performance_metrics IS
  'How long each request took. Made by Sqitch change V3_012_observability.';

CREATE INDEX IF NOT EXISTS idx_performance_metrics_recorded ON public.performance_metrics (recorded_at);
CREATE INDEX IF NOT EXISTS idx_performance_metrics_endpoint
  ON public.performance_metrics (endpoint, method, recorded_at);

-- Errors that are the same, as one: what of an error makes it the same is for the application to say.
CREATE TABLE IF NOT EXISTS public.error_aggregation (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  fingerprint text NOT NULL,
  error_type text NOT NULL,
  message text NOT NULL,
  severity text NOT NULL DEFAULT 'error',
  status text NOT NULL DEFAULT 'unresolved',
  occurrence_count bigint NOT NULL DEFAULT 1,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz,
  resolved_by uuid,
  CONSTRAINT error_aggregation_pkey PRIMARY KEY (id),
  -- An error that occurs again is counted: ON CONFLICT aims at this.
  CONSTRAINT error_aggregation_fingerprint_key UNIQUE (fingerprint),
  CONSTRAINT error_aggregation_resolved_by_fkey FOREIGN KEY (resolved_by) REFERENCES public.users (id)
    ON DELETE SET NULL,
  CONSTRAINT error_aggregation_fingerprint_check CHECK (fingerprint <> ''),
  CONSTRAINT error_aggregation_error_type_check CHECK (error_type <> ''),
  CONSTRAINT error_aggregation_severity_check CHECK (severity IN ('warning', 'error', 'critical')),
  CONSTRAINT error_aggregation_status_check CHECK (status IN ('unresolved', 'resolved', 'ignored')),
  CONSTRAINT error_aggregation_occurrence_count_check CHECK (occurrence_count > 0),
  CONSTRAINT error_aggregation_seen_check CHECK (last_seen_at >= first_seen_at),
  CONSTRAINT error_aggregation_resolved_check CHECK (
    (status = 'resolved') = (resolved_at IS NOT NULL) AND (status = 'resolved' OR resolved_by IS NULL)
  )
);
COMMENT ON TABLE public.error_aggregation IS
  'Errors, those that are the same as one. Made by Sqitch change V3_012_observability.';

CREATE INDEX IF NOT EXISTS idx_error_aggregation_last_seen ON public.error_aggregation (last_seen_at);
-- What the runbook warns of above 10.
CREATE INDEX IF NOT EXISTS idx_error_aggregation_unresolved ON public.error_aggregation (last_seen_at)
  WHERE status = 'unresolved';
CREATE INDEX IF NOT EXISTS idx_error_aggregation_resolved_by ON public.error_aggregation (resolved_by)
  WHERE resolved_by IS NOT NULL;

CREATE TABLE IF NOT EXISTS public.error_occurrences (
  id bigint GENERATED ALWAYS AS IDENTITY,
  error_id uuid NOT NULL,
  message text NOT NULL,
  stack text,
  endpoint text,
  method text,
  trace_id text,
  user_id uuid,
  context jsonb NOT NULL DEFAULT '{}',
  occurred_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT error_occurrences_pkey PRIMARY KEY (id),
  CONSTRAINT error_occurrences_error_id_fkey FOREIGN KEY (error_id) REFERENCES public.error_aggregation (id)
    ON DELETE CASCADE,
  CONSTRAINT error_occurrences_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users (id) ON DELETE SET NULL,
  CONSTRAINT error_occurrences_context_check CHECK (jsonb_typeof(context) = 'object')
);
COMMENT ON TABLE public.error_occurrences IS
  'Each time that an error occurred. Made by Sqitch change V3_012_observability.';

CREATE INDEX IF NOT EXISTS idx_error_occurrences_error ON public.error_occurrences (error_id, occurred_at);
CREATE INDEX IF NOT EXISTS idx_error_occurrences_occurred ON public.error_occurrences (occurred_at);
CREATE INDEX IF NOT EXISTS idx_error_occurrences_user ON public.error_occurrences (user_id) WHERE user_id IS NOT NULL;

-- As OpenTelemetry has them.
CREATE TABLE IF NOT EXISTS public.tracing_spans (
  trace_id text NOT NULL,
  span_id text NOT NULL,
  parent_span_id text,
  name text NOT NULL,
  kind text NOT NULL DEFAULT 'internal',
  status text NOT NULL DEFAULT 'unset',
  started_at timestamptz NOT NULL,
  duration_ms numeric(12, 3) NOT NULL,
  attributes jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT tracing_spans_pkey PRIMARY KEY (trace_id, span_id),
  CONSTRAINT tracing_spans_ids_check
    CHECK (trace_id ~ '^[0-9a-f]{32}$' AND span_id ~ '^[0-9a-f]{16}$' AND parent_span_id ~ '^[0-9a-f]{16}$'),
  CONSTRAINT tracing_spans_name_check CHECK (name <> ''),
  CONSTRAINT tracing_spans_kind_check CHECK (kind IN ('internal', 'server', 'client', 'producer', 'consumer')),
  CONSTRAINT tracing_spans_status_check CHECK (status IN ('unset', 'ok', 'error')),
  CONSTRAINT tracing_spans_duration_ms_check CHECK (duration_ms BETWEEN 0 AND 86400000),
  CONSTRAINT tracing_spans_attributes_check CHECK (jsonb_typeof(attributes) = 'object')
);
COMMENT ON TABLE public.tracing_spans IS
  'What was done for a request, and how long it took. Made by Sqitch change V3_012_observability.';

CREATE INDEX IF NOT EXISTS idx_tracing_spans_started ON public.tracing_spans (started_at);

-- The runbook's "Initialize Materialized Views": both are filled when they are made. The unique index of each lets it
-- be refreshed CONCURRENTLY, while it is read.
CREATE MATERIALIZED VIEW IF NOT EXISTS public.performance_metrics_hourly AS
SELECT
  date_trunc('hour', recorded_at, 'UTC') AS hour,
  endpoint,
  method,
  count(*) AS request_count,
  -- A request that was wrong itself is no error.
  count(*) FILTER (WHERE status_code >= 500) AS error_count,
  avg(duration_ms)::double precision AS avg_ms,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ms::double precision) AS p50_ms,
  percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms::double precision) AS p95_ms,
  percentile_cont(0.99) WITHIN GROUP (ORDER BY duration_ms::double precision) AS p99_ms
FROM public.performance_metrics
GROUP BY 1, endpoint, method;
COMMENT ON MATERIALIZED VIEW public.performance_metrics_hourly IS
  'How long requests took, by hour, endpoint and method. Made by Sqitch change V3_012_observability.';
-- squawk-ignore require-concurrent-index-creation -- on what was made just now
CREATE UNIQUE INDEX IF NOT EXISTS idx_performance_metrics_hourly
  ON public.performance_metrics_hourly (hour, endpoint, method);

CREATE MATERIALIZED VIEW IF NOT EXISTS public.error_summary AS
SELECT
  error_type,
  severity,
  count(*) AS group_count,
  count(*) FILTER (WHERE status = 'unresolved') AS unresolved_count,
  sum(occurrence_count)::bigint AS occurrence_count,
  min(first_seen_at) AS first_seen_at,
  max(last_seen_at) AS last_seen_at
FROM public.error_aggregation
GROUP BY error_type, severity;
COMMENT ON MATERIALIZED VIEW public.error_summary IS
  'Errors by type and severity. Made by Sqitch change V3_012_observability.';
-- squawk-ignore require-concurrent-index-creation -- on what was made just now
CREATE UNIQUE INDEX IF NOT EXISTS idx_error_summary ON public.error_summary (error_type, severity);

-- With the owner's rights: before PostgreSQL 17 nobody else may refresh a view.
CREATE OR REPLACE FUNCTION public.refresh_observability_views() RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = ''
AS $$
BEGIN
  REFRESH MATERIALIZED VIEW CONCURRENTLY public.performance_metrics_hourly;
  REFRESH MATERIALIZED VIEW CONCURRENTLY public.error_summary;
END
$$;
COMMENT ON FUNCTION public.refresh_observability_views() IS
  'Refreshes the views over metrics and errors. Made by Sqitch change V3_012_observability.';

REVOKE ALL ON public.performance_metrics, public.error_aggregation, public.error_occurrences, public.tracing_spans,
  public.performance_metrics_hourly, public.error_summary FROM PUBLIC, pm_app, pm_read_only;
-- What was measured is never changed, only removed when it is old.
GRANT SELECT, INSERT, DELETE ON public.performance_metrics, public.error_occurrences, public.tracing_spans TO pm_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.error_aggregation TO pm_app;
GRANT SELECT ON public.performance_metrics_hourly, public.error_summary TO pm_app;
GRANT SELECT ON public.performance_metrics, public.error_aggregation, public.error_occurrences, public.tracing_spans,
  public.performance_metrics_hourly, public.error_summary TO pm_read_only;
-- PostgreSQL lets everybody call a new function.
REVOKE ALL ON FUNCTION public.refresh_observability_views() FROM PUBLIC, pm_app, pm_read_only;
GRANT EXECUTE ON FUNCTION public.refresh_observability_views() TO pm_app;

COMMIT;
