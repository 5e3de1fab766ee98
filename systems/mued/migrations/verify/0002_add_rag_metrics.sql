-- Verify mued:0002_add_rag_metrics on pg
--
-- Tests 1 to 5 of the runbook's "Step 1.4: Verify Core Migration", each object by its name: the runbook counts 12
-- indexes, but pg_indexes also lists those of the primary keys.
BEGIN;
\ir expectations.sql
\ir rag_metrics_expectations.sql

DO $$
BEGIN
  -- Test 3: the enums, before the tables that have columns of them.
  PERFORM pg_temp.expect_enum('content_type', 'material, note, audio, video, web_page');
  PERFORM pg_temp.expect_enum('acquisition_method',
    'manual_upload, api_import, plugin_sync, web_scrape, ai_generated');
  PERFORM pg_temp.expect_enum('license_type',
    'cc0, cc_by, cc_by_sa, cc_by_nc, public_domain, proprietary, unknown');

  -- Test 1: the four tables. Test 2: the 17 columns of ai_dialogue_log, and no other.
  PERFORM pg_temp.expect_table('ai_dialogue_log',
    'id uuid not null default gen_random_uuid()',
    'user_id uuid',
    'session_id uuid not null',
    'query text not null',
    'response text not null',
    'model_used text',
    'created_at timestamp with time zone not null default now()',
    'updated_at timestamp with time zone not null default now()',
    'citations jsonb not null default ''[]''::jsonb',
    'latency_ms bigint',
    'token_cost_jpy numeric(12,4)',
    'citation_rate numeric(5,2)',
    'relevance_score numeric(4,3)',
    'retrieved_count bigint',
    'retrieval_ms bigint',
    'input_tokens bigint',
    'output_tokens bigint');
  PERFORM pg_temp.expect_table('provenance',
    'id uuid not null default gen_random_uuid()',
    'content_id uuid not null',
    'content_type public.content_type not null',
    'material_id uuid generated always as (CASE WHEN content_type = ''material'' THEN content_id END) stored',
    'source_uri text not null',
    'license_type public.license_type not null',
    'acquisition_method public.acquisition_method not null',
    'acquired_by uuid',
    'retention_years bigint',
    'expires_at timestamp with time zone',
    'created_at timestamp with time zone not null default now()',
    'updated_at timestamp with time zone not null default now()');
  PERFORM pg_temp.expect_table('rag_metrics_history',
    'id uuid not null default gen_random_uuid()',
    'date date not null',
    'citation_rate numeric(5,2)',
    'citation_count bigint',
    'latency_p50_ms bigint',
    'latency_p95_ms bigint',
    'latency_p99_ms bigint',
    'cost_per_answer numeric(12,4)',
    'total_queries bigint not null default 0',
    'slo_compliance jsonb',
    'created_at timestamp with time zone not null default now()');
  PERFORM pg_temp.expect_table('plugin_registry',
    'id uuid not null default gen_random_uuid()',
    'name text not null',
    'source text not null',
    'enabled boolean not null default true',
    'configuration jsonb not null default ''{}''::jsonb',
    'health_status text not null default ''unknown''::text',
    'last_health_check_at timestamp with time zone',
    'last_error text',
    'created_at timestamp with time zone not null default now()',
    'updated_at timestamp with time zone not null default now()');

  -- Test 4: the default plugins. Whether they are enabled is for those to decide who run them.
  PERFORM pg_temp.expect(
    EXISTS (SELECT FROM public.plugin_registry WHERE name = plugin AND source = plugin_source),
    format('plugin %s (%s) is missing in plugin_registry', plugin, plugin_source)
  )
  FROM (VALUES ('Note.com Integration', 'note'), ('Local Materials', 'local')) AS expected (plugin, plugin_source);

  -- Test 5: the twelve indexes.
  PERFORM pg_temp.expect_index('ai_dialogue_log', 'idx_ai_dialogue_created_at', '{created_at}');
  PERFORM pg_temp.expect_index('ai_dialogue_log', 'idx_ai_dialogue_session', '{session_id,created_at}');
  PERFORM pg_temp.expect_index('ai_dialogue_log', 'idx_ai_dialogue_model', '{model_used,created_at}');
  PERFORM pg_temp.expect_index('ai_dialogue_log', 'idx_ai_dialogue_citations', '{citations jsonb_path_ops}', '', 'gin');
  PERFORM pg_temp.expect_index('ai_dialogue_log', 'idx_ai_dialogue_uncited', '{created_at}',
    $condition$citations = '[]'::jsonb$condition$);
  PERFORM pg_temp.expect_index('provenance', 'idx_provenance_content', '{content_type,content_id}');
  PERFORM pg_temp.expect_index('provenance', 'idx_provenance_type_created', '{content_type,created_at}');
  PERFORM pg_temp.expect_index('provenance', 'idx_provenance_material', '{material_id}');
  PERFORM pg_temp.expect_index('provenance', 'idx_provenance_acquired_by', '{acquired_by}');
  PERFORM pg_temp.expect_index('rag_metrics_history', 'idx_rag_metrics_slo_missed', '{date}',
    $condition$(slo_compliance ->> 'overallMet'::text) = 'false'::text$condition$);
  PERFORM pg_temp.expect_unique_index('plugin_registry', 'idx_plugin_name', '{name}');
  PERFORM pg_temp.expect_index('plugin_registry', 'idx_plugin_source', '{source}');

  -- "CREATE FUNCTION, CREATE TRIGGER (x3)".
  PERFORM pg_temp.expect_update_trigger('ai_dialogue_log', 'update_ai_dialogue_log_updated_at');
  PERFORM pg_temp.expect_update_trigger('provenance', 'update_provenance_updated_at');
  PERFORM pg_temp.expect_update_trigger('plugin_registry', 'update_plugin_registry_updated_at');
END
$$;

DO $$
BEGIN
  PERFORM pg_temp.expect_constraint('ai_dialogue_log', 'ai_dialogue_log_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('ai_dialogue_log', 'ai_dialogue_log_citations_check',
    $check$CHECK ((jsonb_typeof(citations) = 'array'::text))$check$);
  PERFORM pg_temp.expect_constraint('ai_dialogue_log', format('ai_dialogue_log_%s_check', counted),
    format('CHECK ((%s >= 0))', counted))
  FROM unnest(ARRAY['latency_ms', 'retrieved_count', 'retrieval_ms', 'input_tokens', 'output_tokens']) AS counted;
  PERFORM pg_temp.expect_constraint('ai_dialogue_log', 'ai_dialogue_log_token_cost_jpy_check',
    'CHECK ((token_cost_jpy >= (0)::numeric))');
  PERFORM pg_temp.expect_constraint('ai_dialogue_log', 'ai_dialogue_log_citation_rate_check',
    'CHECK (((citation_rate >= (0)::numeric) AND (citation_rate <= (100)::numeric)))');
  PERFORM pg_temp.expect_constraint('ai_dialogue_log', 'ai_dialogue_log_relevance_score_check',
    'CHECK (((relevance_score >= (0)::numeric) AND (relevance_score <= (1)::numeric)))');

  PERFORM pg_temp.expect_constraint('provenance', 'provenance_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('provenance', 'provenance_source_uri_check',
    $check$CHECK ((source_uri <> ''::text))$check$);
  PERFORM pg_temp.expect_constraint('provenance', 'provenance_retention_years_check',
    'CHECK ((retention_years >= 0))');

  PERFORM pg_temp.expect_constraint('rag_metrics_history', 'rag_metrics_history_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('rag_metrics_history', 'rag_metrics_history_citation_rate_check',
    'CHECK (((citation_rate >= (0)::numeric) AND (citation_rate <= (100)::numeric)))');
  PERFORM pg_temp.expect_constraint('rag_metrics_history', 'rag_metrics_history_counts_check',
    'CHECK (((total_queries >= 0) AND (citation_count >= 0)))');
  PERFORM pg_temp.expect_constraint('rag_metrics_history', 'rag_metrics_history_measures_check',
    'CHECK (((latency_p50_ms >= 0) AND (latency_p95_ms >= 0) AND (latency_p99_ms >= 0) AND (cost_per_answer >= (0)::numeric)))');
  PERFORM pg_temp.expect_constraint('rag_metrics_history', 'rag_metrics_history_slo_compliance_check',
    $check$CHECK ((jsonb_typeof(slo_compliance) = 'object'::text))$check$);

  PERFORM pg_temp.expect_constraint('plugin_registry', 'plugin_registry_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('plugin_registry', 'plugin_registry_name_check',
    $check$CHECK (((name <> ''::text) AND (source <> ''::text)))$check$);
  PERFORM pg_temp.expect_constraint('plugin_registry', 'plugin_registry_configuration_check',
    $check$CHECK ((jsonb_typeof(configuration) = 'object'::text))$check$);
  PERFORM pg_temp.expect_constraint('plugin_registry', 'plugin_registry_health_status_check',
    $check$CHECK ((health_status = ANY (ARRAY['healthy'::text, 'degraded'::text, 'unhealthy'::text, 'unknown'::text])))$check$);

  PERFORM pg_temp.expect_privileges(made, 'mued_app', 'SELECT, INSERT, UPDATE, DELETE'),
    pg_temp.expect_privileges(made, 'mued_read_only', 'SELECT'),
    pg_temp.expect_privileges(made, 'public', '')
  FROM unnest(ARRAY['ai_dialogue_log', 'provenance', 'rag_metrics_history', 'plugin_registry']) AS made;
END
$$;
ROLLBACK;
