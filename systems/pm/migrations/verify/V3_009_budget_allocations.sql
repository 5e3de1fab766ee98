-- Verify pm:V3_009_budget_allocations on pg
BEGIN;
\ir expectations.sql
\ir pm_expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('budget_allocations',
    'id uuid not null default gen_random_uuid()',
    'scope text not null default ''all''::text',
    'scope_id text not null default ''all''::text',
    'period_start date not null',
    'period_end date not null',
    'amount numeric(14,4) not null',
    'spent numeric(14,4) not null default 0',
    'currency text not null default ''USD''::text',
    'warning_threshold numeric(5,2) not null default 80',
    'critical_threshold numeric(5,2) not null default 100',
    'version bigint not null default 1',
    'created_at timestamp with time zone not null default now()',
    'updated_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('budget_allocations', 'budget_allocations_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('budget_allocations', 'budget_allocations_scope_scope_id_period_start_key',
    'UNIQUE (scope, scope_id, period_start)');
  PERFORM pg_temp.expect_constraint('budget_allocations', 'budget_allocations_scope_check',
    $check$CHECK ((scope = ANY (ARRAY['all'::text, 'user'::text, 'model'::text])))$check$);
  PERFORM pg_temp.expect_constraint('budget_allocations', 'budget_allocations_scope_id_check',
    $check$CHECK (((scope_id <> ''::text) AND ((scope = 'all'::text) = (scope_id = 'all'::text))))$check$);
  PERFORM pg_temp.expect_constraint('budget_allocations', 'budget_allocations_period_check',
    'CHECK ((period_end >= period_start))');
  PERFORM pg_temp.expect_constraint('budget_allocations', 'budget_allocations_amounts_check',
    'CHECK (((amount >= (0)::numeric) AND (spent >= (0)::numeric)))');
  PERFORM pg_temp.expect_constraint('budget_allocations', 'budget_allocations_currency_check',
    $check$CHECK ((currency ~ '^[A-Z]{3}$'::text))$check$);
  PERFORM pg_temp.expect_constraint('budget_allocations', 'budget_allocations_thresholds_check',
    'CHECK (((warning_threshold > (0)::numeric) AND (critical_threshold >= warning_threshold)))');
  PERFORM pg_temp.expect_constraint('budget_allocations', 'budget_allocations_version_check', 'CHECK ((version > 0))');

  PERFORM pg_temp.expect_index('budget_allocations', 'idx_budget_allocations_period', '{period_end,period_start}');

  PERFORM pg_temp.expect_privileges('budget_allocations', 'pm_app', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('budget_allocations', 'pm_read_only', 'SELECT');
  PERFORM pg_temp.expect_privileges('budget_allocations', 'public', '');
END
$$;

DO $$
DECLARE
  -- V3_014_named_versions makes another function and other triggers of these, and verifies them. It is known by its
  -- comment if Sqitch has not recorded it yet, and by the record if somebody changed the comment.
  is_replaced boolean := coalesce(obj_description(to_regprocedure('public.set_version()'), 'pg_proc'), '')
    LIKE '%Made by Sqitch change V3_014_named_versions.';
BEGIN
  PERFORM pg_temp.expect_column('opportunities', 'version bigint not null default 1');

  IF NOT is_replaced AND to_regclass('sqitch.changes') IS NOT NULL THEN
    is_replaced := EXISTS (SELECT FROM sqitch.changes WHERE project = 'pm' AND change = 'V3_014_named_versions');
  END IF;
  IF is_replaced THEN
    RETURN;
  END IF;
  PERFORM pg_temp.expect_function('refuse_stale_version()', 'trigger', 'caller', $body$
BEGIN
  IF NEW.version IS NULL OR NEW.version NOT IN (OLD.version, OLD.version + 1) THEN
    RAISE EXCEPTION 'the row % of % has the version %, but the update is of the version %',
      OLD.id, TG_TABLE_NAME, OLD.version, NEW.version
      USING ERRCODE = 'serialization_failure', HINT = 'Read the row again, and change what it is now.';
  END IF;
  NEW.version := OLD.version + 1;
  RETURN NEW;
END
$body$);
  PERFORM pg_temp.expect_trigger('budget_allocations', 'refuse_stale_version', 'BEFORE UPDATE');
  PERFORM pg_temp.expect_trigger('opportunities', 'refuse_stale_version', 'BEFORE UPDATE');
END
$$;
ROLLBACK;
