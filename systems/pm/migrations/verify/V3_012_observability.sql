-- Verify pm:V3_012_observability on pg
--
-- The runbook's "Initialize Materialized Views" too, "Verify views": that they are filled, and not how many rows they
-- have, which on a new table is none.
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- expectations.sql sets them
BEGIN;
\ir expectations.sql
\ir pm_expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('performance_metrics',
    'id bigint not null generated always as identity',
    'endpoint text not null',
    'method text not null',
    'status_code bigint not null',
    'duration_ms numeric(12,3) not null',
    'trace_id text',
    'recorded_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('performance_metrics', 'performance_metrics_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('performance_metrics', 'performance_metrics_endpoint_check',
    $check$CHECK ((endpoint <> ''::text))$check$);
  PERFORM pg_temp.expect_constraint('performance_metrics', 'performance_metrics_method_check',
    $check$CHECK ((method ~ '^[A-Z]+$'::text))$check$);
  PERFORM pg_temp.expect_constraint('performance_metrics', 'performance_metrics_status_code_check',
    'CHECK (((status_code >= 100) AND (status_code <= 599)))');
  PERFORM pg_temp.expect_constraint('performance_metrics', 'performance_metrics_duration_ms_check',
    'CHECK (((duration_ms >= (0)::numeric) AND (duration_ms <= (86400000)::numeric)))');

  PERFORM pg_temp.expect_index('performance_metrics', 'idx_performance_metrics_endpoint',
    '{endpoint,method,recorded_at}');
  PERFORM pg_temp.expect_index('performance_metrics', 'idx_performance_metrics_recorded', '{recorded_at}');

  PERFORM pg_temp.expect_table('error_aggregation',
    'id uuid not null default gen_random_uuid()',
    'fingerprint text not null',
    'error_type text not null',
    'message text not null',
    'severity text not null default ''error''::text',
    'status text not null default ''unresolved''::text',
    'occurrence_count bigint not null default 1',
    'first_seen_at timestamp with time zone not null default now()',
    'last_seen_at timestamp with time zone not null default now()',
    'resolved_at timestamp with time zone',
    'resolved_by uuid');

  PERFORM pg_temp.expect_constraint('error_aggregation', 'error_aggregation_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('error_aggregation', 'error_aggregation_fingerprint_key', 'UNIQUE (fingerprint)');
  PERFORM pg_temp.expect_constraint('error_aggregation', 'error_aggregation_resolved_by_fkey',
    'FOREIGN KEY (resolved_by) REFERENCES public.users(id) ON DELETE SET NULL');
  PERFORM pg_temp.expect_constraint('error_aggregation', 'error_aggregation_fingerprint_check',
    $check$CHECK ((fingerprint <> ''::text))$check$);
  PERFORM pg_temp.expect_constraint('error_aggregation', 'error_aggregation_error_type_check',
    $check$CHECK ((error_type <> ''::text))$check$);
  PERFORM pg_temp.expect_constraint('error_aggregation', 'error_aggregation_severity_check',
    $check$CHECK ((severity = ANY (ARRAY['warning'::text, 'error'::text, 'critical'::text])))$check$);
  PERFORM pg_temp.expect_constraint('error_aggregation', 'error_aggregation_status_check',
    $check$CHECK ((status = ANY (ARRAY['unresolved'::text, 'resolved'::text, 'ignored'::text])))$check$);
  PERFORM pg_temp.expect_constraint('error_aggregation', 'error_aggregation_occurrence_count_check',
    'CHECK ((occurrence_count > 0))');
  PERFORM pg_temp.expect_constraint('error_aggregation', 'error_aggregation_seen_check',
    'CHECK ((last_seen_at >= first_seen_at))');
  PERFORM pg_temp.expect_constraint('error_aggregation', 'error_aggregation_resolved_check',
    $check$CHECK ((((status = 'resolved'::text) = (resolved_at IS NOT NULL)) AND ((status = 'resolved'::text) OR (resolved_by IS NULL))))$check$);

  PERFORM pg_temp.expect_index('error_aggregation', 'idx_error_aggregation_last_seen', '{last_seen_at}');
  PERFORM pg_temp.expect_index('error_aggregation', 'idx_error_aggregation_resolved_by', '{resolved_by}',
    'resolved_by IS NOT NULL');
  PERFORM pg_temp.expect_index('error_aggregation', 'idx_error_aggregation_unresolved', '{last_seen_at}',
    $condition$status = 'unresolved'::text$condition$);

  PERFORM pg_temp.expect_table('error_occurrences',
    'id bigint not null generated always as identity',
    'error_id uuid not null',
    'message text not null',
    'stack text',
    'endpoint text',
    'method text',
    'trace_id text',
    'user_id uuid',
    'context jsonb not null default ''{}''::jsonb',
    'occurred_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('error_occurrences', 'error_occurrences_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('error_occurrences', 'error_occurrences_error_id_fkey',
    'FOREIGN KEY (error_id) REFERENCES public.error_aggregation(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('error_occurrences', 'error_occurrences_user_id_fkey',
    'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL');
  PERFORM pg_temp.expect_constraint('error_occurrences', 'error_occurrences_context_check',
    $check$CHECK ((jsonb_typeof(context) = 'object'::text))$check$);

  PERFORM pg_temp.expect_index('error_occurrences', 'idx_error_occurrences_error', '{error_id,occurred_at}');
  PERFORM pg_temp.expect_index('error_occurrences', 'idx_error_occurrences_occurred', '{occurred_at}');
  PERFORM pg_temp.expect_index('error_occurrences', 'idx_error_occurrences_user', '{user_id}', 'user_id IS NOT NULL');

  PERFORM pg_temp.expect_table('tracing_spans',
    'trace_id text not null',
    'span_id text not null',
    'parent_span_id text',
    'name text not null',
    'kind text not null default ''internal''::text',
    'status text not null default ''unset''::text',
    'started_at timestamp with time zone not null',
    'duration_ms numeric(12,3) not null',
    'attributes jsonb not null default ''{}''::jsonb');

  PERFORM pg_temp.expect_constraint('tracing_spans', 'tracing_spans_pkey', 'PRIMARY KEY (trace_id, span_id)');
  PERFORM pg_temp.expect_constraint('tracing_spans', 'tracing_spans_ids_check',
    $check$CHECK (((trace_id ~ '^[0-9a-f]{32}$'::text) AND (span_id ~ '^[0-9a-f]{16}$'::text) AND (parent_span_id ~ '^[0-9a-f]{16}$'::text)))$check$);
  PERFORM pg_temp.expect_constraint('tracing_spans', 'tracing_spans_name_check',
    $check$CHECK ((name <> ''::text))$check$);
  PERFORM pg_temp.expect_constraint('tracing_spans', 'tracing_spans_kind_check',
    $check$CHECK ((kind = ANY (ARRAY['internal'::text, 'server'::text, 'client'::text, 'producer'::text, 'consumer'::text])))$check$);
  PERFORM pg_temp.expect_constraint('tracing_spans', 'tracing_spans_status_check',
    $check$CHECK ((status = ANY (ARRAY['unset'::text, 'ok'::text, 'error'::text])))$check$);
  PERFORM pg_temp.expect_constraint('tracing_spans', 'tracing_spans_duration_ms_check',
    'CHECK (((duration_ms >= (0)::numeric) AND (duration_ms <= (86400000)::numeric)))');
  PERFORM pg_temp.expect_constraint('tracing_spans', 'tracing_spans_attributes_check',
    $check$CHECK ((jsonb_typeof(attributes) = 'object'::text))$check$);

  PERFORM pg_temp.expect_index('tracing_spans', 'idx_tracing_spans_started', '{started_at}');

  PERFORM pg_temp.expect_privileges('error_aggregation', 'pm_app', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('error_aggregation', 'pm_read_only', 'SELECT');
  PERFORM pg_temp.expect_privileges('error_aggregation', 'public', '');
  PERFORM pg_temp.expect_privileges(made, 'pm_app', 'SELECT, INSERT, DELETE'),
    pg_temp.expect_privileges(made, 'pm_read_only', 'SELECT'),
    pg_temp.expect_privileges(made, 'public', '')
  FROM unnest(ARRAY['performance_metrics', 'error_occurrences', 'tracing_spans']) AS made;
END
$$;

-- What the two views ask.
CREATE TEMPORARY VIEW expected_performance_metrics_hourly AS
SELECT
  date_trunc('hour', recorded_at, 'UTC') AS hour,
  endpoint,
  method,
  count(*) AS request_count,
  count(*) FILTER (WHERE status_code >= 500) AS error_count,
  avg(duration_ms)::double precision AS avg_ms,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ms::double precision) AS p50_ms,
  percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms::double precision) AS p95_ms,
  percentile_cont(0.99) WITHIN GROUP (ORDER BY duration_ms::double precision) AS p99_ms
FROM public.performance_metrics
GROUP BY 1, endpoint, method;

CREATE TEMPORARY VIEW expected_error_summary AS
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

DO $$
BEGIN
  PERFORM pg_temp.expect_materialized_view('performance_metrics_hourly');
  PERFORM pg_temp.expect_unique_index('performance_metrics_hourly', 'idx_performance_metrics_hourly',
    '{hour,endpoint,method}');
  PERFORM pg_temp.expect_materialized_view('error_summary');
  PERFORM pg_temp.expect_unique_index('error_summary', 'idx_error_summary', '{error_type,severity}');

  PERFORM pg_temp.expect_privileges(made, 'pm_app', 'SELECT'),
    pg_temp.expect_privileges(made, 'pm_read_only', 'SELECT'),
    pg_temp.expect_privileges(made, 'public', '')
  FROM unnest(ARRAY['performance_metrics_hourly', 'error_summary']) AS made;

  PERFORM pg_temp.expect_function('refresh_observability_views()', 'void', 'owner', $body$
BEGIN
  REFRESH MATERIALIZED VIEW CONCURRENTLY public.performance_metrics_hourly;
  REFRESH MATERIALIZED VIEW CONCURRENTLY public.error_summary;
END
$body$);
  PERFORM pg_temp.expect_callers('refresh_observability_views()', 'pm_app');
END
$$;
ROLLBACK;
