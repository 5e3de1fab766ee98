-- Deploy pm:V3_009_budget_allocations to pg
--
-- Budgets for what the AI costs; and optimistic locking, of budgets and of opportunities: who changes a row names the
-- version that they read, and is refused if somebody else changed it meanwhile. An update that does not name a version
-- goes through as before, so the application before this change keeps working.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
\ir refuse_foreign_object.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table('budget_allocations', 'V3_009_budget_allocations');
  PERFORM pg_temp.refuse_foreign_function('refuse_stale_version()', 'V3_009_budget_allocations');
  PERFORM pg_temp.refuse_foreign_column('opportunities', 'version', 'V3_009_budget_allocations');
END
$$;

CREATE TABLE IF NOT EXISTS public.budget_allocations (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  -- Whose or what's costs: a user's id or a model's name, or "all" costs. Not a foreign key: what was spent stays spent
  -- when the user is gone.
  scope text NOT NULL DEFAULT 'all',
  scope_id text NOT NULL DEFAULT 'all',
  -- From the first day to the last, both included.
  period_start date NOT NULL,
  period_end date NOT NULL,
  amount numeric(14, 4) NOT NULL,
  spent numeric(14, 4) NOT NULL DEFAULT 0,
  currency text NOT NULL DEFAULT 'USD',
  -- Per cent of the amount.
  warning_threshold numeric(5, 2) NOT NULL DEFAULT 80,
  critical_threshold numeric(5, 2) NOT NULL DEFAULT 100,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT budget_allocations_pkey PRIMARY KEY (id),
  -- One budget for each beginning of a period: ON CONFLICT aims at this.
  CONSTRAINT budget_allocations_scope_scope_id_period_start_key UNIQUE (scope, scope_id, period_start),
  CONSTRAINT budget_allocations_scope_check CHECK (scope IN ('all', 'user', 'model')),
  CONSTRAINT budget_allocations_scope_id_check CHECK (scope_id <> '' AND (scope = 'all') = (scope_id = 'all')),
  CONSTRAINT budget_allocations_period_check CHECK (period_end >= period_start),
  -- More may be spent than was allocated: that is what is to be noticed.
  CONSTRAINT budget_allocations_amounts_check CHECK (amount >= 0 AND spent >= 0),
  CONSTRAINT budget_allocations_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT budget_allocations_thresholds_check
    CHECK (warning_threshold > 0 AND critical_threshold >= warning_threshold),
  CONSTRAINT budget_allocations_version_check CHECK (version > 0)
);
COMMENT ON TABLE public.budget_allocations IS
  'Budgets for what the AI costs. Made by Sqitch change V3_009_budget_allocations.';

-- The budgets of a day.
CREATE INDEX IF NOT EXISTS idx_budget_allocations_period ON public.budget_allocations (period_end, period_start);

-- Where V3_014_named_versions is applied the locking is its own: this ran again for something else that was missing.
SELECT coalesce(obj_description(to_regprocedure('public.set_version()'), 'pg_proc'), '')
  NOT LIKE '%Made by Sqitch change V3_014_named_versions.' AS locks
\gset
\if :locks
-- An update names the version that it read, or the one that it makes of it.
CREATE OR REPLACE FUNCTION public.refuse_stale_version() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
  IF NEW.version IS NULL OR NEW.version NOT IN (OLD.version, OLD.version + 1) THEN
    RAISE EXCEPTION 'the row % of % has the version %, but the update is of the version %',
      OLD.id, TG_TABLE_NAME, OLD.version, NEW.version
      USING ERRCODE = 'serialization_failure', HINT = 'Read the row again, and change what it is now.';
  END IF;
  NEW.version := OLD.version + 1;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION public.refuse_stale_version() IS
  'Refuses an update of a row that was changed meanwhile. Made by Sqitch change V3_009_budget_allocations.';

CREATE OR REPLACE TRIGGER refuse_stale_version BEFORE UPDATE ON public.budget_allocations
  FOR EACH ROW EXECUTE FUNCTION public.refuse_stale_version();
\endif

REVOKE ALL ON public.budget_allocations FROM PUBLIC, pm_app, pm_read_only;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.budget_allocations TO pm_app;
GRANT SELECT ON public.budget_allocations TO pm_read_only;

-- Last, since opportunities are in use and stay locked from here to the COMMIT. Who waits for a lock lets everybody
-- else wait behind: hence two seconds. No row is written: the default stands for the rows that are there.
SET LOCAL lock_timeout = '2s';
ALTER TABLE public.opportunities ADD COLUMN IF NOT EXISTS version bigint NOT NULL DEFAULT 1;
COMMENT ON COLUMN public.opportunities.version IS
  'Counts the changes of the row. Made by Sqitch change V3_009_budget_allocations.';
\if :locks
CREATE OR REPLACE TRIGGER refuse_stale_version BEFORE UPDATE ON public.opportunities
  FOR EACH ROW EXECUTE FUNCTION public.refuse_stale_version();
\endif

COMMIT;
