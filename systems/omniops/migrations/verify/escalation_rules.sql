-- Verify omniops:escalation_rules on pg
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('escalation_rules',
    'id uuid not null default gen_random_uuid()',
    'customer_id text not null',
    'name text not null',
    'trigger_type text not null default ''sentiment''::text',
    'threshold numeric(4,3)',
    'channel text not null default ''slack''::text',
    'enabled boolean not null default true',
    'created_at timestamp with time zone not null default now()',
    'updated_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('escalation_rules', 'escalation_rules_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('escalation_rules', 'escalation_rules_customer_id_name_key',
    'UNIQUE (customer_id, name)');
  PERFORM pg_temp.expect_constraint('escalation_rules', 'escalation_rules_name_check',
    $check$CHECK ((name <> ''::text))$check$);
  PERFORM pg_temp.expect_constraint('escalation_rules', 'escalation_rules_trigger_type_check',
    $check$CHECK ((trigger_type = ANY (ARRAY['sentiment'::text, 'prediction'::text, 'manual'::text])))$check$);
  PERFORM pg_temp.expect_constraint('escalation_rules', 'escalation_rules_threshold_check',
    'CHECK (((threshold >= (0)::numeric) AND (threshold <= (1)::numeric)))');
  PERFORM pg_temp.expect_constraint('escalation_rules', 'escalation_rules_channel_check',
    $check$CHECK ((channel = ANY (ARRAY['slack'::text, 'email'::text, 'pagerduty'::text])))$check$);

  PERFORM pg_temp.expect_index('escalation_rules', 'idx_escalation_rules_enabled', '{customer_id,trigger_type}',
    'enabled');

  PERFORM pg_temp.expect_row_security('escalation_rules');
  PERFORM pg_temp.expect_policy('escalation_rules', 'escalation_rules_own', 'ALL', 'authenticated',
    'customer_id IN (SELECT id FROM public.customers WHERE owner_id = (SELECT auth.uid()))');
  PERFORM pg_temp.expect_policy('escalation_rules', 'escalation_rules_service', 'ALL', 'service_role');
  PERFORM pg_temp.expect_policy('escalation_rules', 'escalation_rules_read_only', 'SELECT', 'omniops_read_only');
  PERFORM pg_temp.expect_no_other_policy('escalation_rules', ARRAY[
    'escalation_rules_own',
    'escalation_rules_read_only',
    'escalation_rules_service'
  ]);
  PERFORM pg_temp.expect_privileges('escalation_rules', 'anon', '');
  PERFORM pg_temp.expect_privileges('escalation_rules', 'authenticated', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('escalation_rules', 'service_role', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('escalation_rules', 'omniops_read_only', 'SELECT');
END
$$;
ROLLBACK;
