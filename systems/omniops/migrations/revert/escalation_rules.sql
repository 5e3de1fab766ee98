-- Revert omniops:escalation_rules from pg
-- squawk-ignore-file ban-drop-constraint, ban-drop-table -- that is what reverting it is
--
-- The application that uses the table went back before (schema after code). Its foreign keys, which phase4_foreign_keys
-- added, go first and each in a transaction of its own, for the same reason as when they were added: dropping the table
-- with them would lock every table that they refer to until the last lock is there.
SET lock_timeout = '2s';
SET statement_timeout = '60s';
SET client_min_messages = 'warning';

ALTER TABLE IF EXISTS public.escalation_rules DROP CONSTRAINT IF EXISTS fk_escalation_rule_customer;

DROP TABLE IF EXISTS public.escalation_rules;

-- The function of escalation_rules_updated_at, known by its comment. That change's own revert leaves it, for a
-- table that stays.
DO $$
BEGIN
  IF obj_description(to_regprocedure('public.escalation_rules_updated_at()'), 'pg_proc')
    LIKE '%Made by Sqitch change escalation_rules_updated_at.'
  THEN
    -- squawk-ignore ban-drop-function
    DROP FUNCTION public.escalation_rules_updated_at();
  END IF;
END
$$;
