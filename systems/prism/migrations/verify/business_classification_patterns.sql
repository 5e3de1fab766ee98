-- Verify prism:business_classification_patterns on pg
BEGIN;
\ir expectations.sql

DO $$
DECLARE
  patterns text := 'business_classification_patterns';
BEGIN
  PERFORM pg_temp.expect_table(patterns,
    'id uuid not null default gen_random_uuid()',
    'business_id uuid not null',
    'pattern_type text not null',
    'pattern text not null',
    'category text not null',
    'occurrence_count bigint not null default 1',
    'confidence numeric(5,4) not null generated always as (round(occurrence_count::numeric / (occurrence_count::numeric + 2), 4)) stored',
    'first_seen_at timestamp with time zone not null default now()',
    'last_seen_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint(patterns, 'business_classification_patterns_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint(patterns, 'business_classification_patterns_pattern_key',
    'UNIQUE (business_id, pattern_type, pattern, category)');
  PERFORM pg_temp.expect_constraint(patterns, 'business_classification_patterns_business_id_fkey',
    'FOREIGN KEY (business_id) REFERENCES public.businesses(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint(patterns, 'business_classification_patterns_pattern_type_check',
    $check$CHECK ((pattern_type = ANY (ARRAY['keyword'::text, 'counterparty'::text, 'amount'::text, 'description'::text])))$check$);
  PERFORM pg_temp.expect_constraint(patterns, 'business_classification_patterns_pattern_check',
    $check$CHECK (((pattern <> ''::text) AND (category <> ''::text)))$check$);
  PERFORM pg_temp.expect_constraint(patterns, 'business_classification_patterns_occurrence_count_check',
    'CHECK ((occurrence_count >= 1))');
  PERFORM pg_temp.expect_constraint(patterns, 'business_classification_patterns_seen_check',
    'CHECK ((last_seen_at >= first_seen_at))');

  PERFORM pg_temp.expect_index(patterns, 'idx_business_classification_patterns_confidence', '{business_id,confidence}');

  PERFORM pg_temp.expect_row_security(patterns);
  PERFORM pg_temp.expect_policy(patterns, 'business_classification_patterns_select_own', 'SELECT', 'authenticated',
    'business_id IN (SELECT id FROM public.businesses WHERE owner_id = (SELECT auth.uid()))');
  PERFORM pg_temp.expect_policy(patterns, 'business_classification_patterns_service', 'ALL', 'service_role');
  PERFORM pg_temp.expect_policy(patterns, 'business_classification_patterns_read_only', 'SELECT', 'prism_read_only');
  PERFORM pg_temp.expect_no_other_policy(patterns, ARRAY[
    'business_classification_patterns_read_only',
    'business_classification_patterns_select_own',
    'business_classification_patterns_service'
  ]);
  PERFORM pg_temp.expect_privileges(patterns, 'anon', '');
  PERFORM pg_temp.expect_privileges(patterns, 'authenticated', 'SELECT');
  PERFORM pg_temp.expect_privileges(patterns, 'service_role', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges(patterns, 'prism_read_only', 'SELECT');
END
$$;
ROLLBACK;
