-- Deploy omniops:escalation_rules_updated_at to pg
--
-- When a rule was changed last: customers keep their own, and nobody has to set updated_at with it.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_object.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_function('escalation_rules_updated_at()', 'escalation_rules_updated_at');
  PERFORM pg_temp.refuse_foreign_trigger(
    'escalation_rules', 'escalation_rules_updated_at', 'escalation_rules_updated_at()'
  );
END
$$;

CREATE OR REPLACE FUNCTION public.escalation_rules_updated_at() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION public.escalation_rules_updated_at() IS
  'Notes when a row was changed. Made by Sqitch change escalation_rules_updated_at.';

CREATE OR REPLACE TRIGGER escalation_rules_updated_at BEFORE UPDATE ON public.escalation_rules
  FOR EACH ROW EXECUTE FUNCTION public.escalation_rules_updated_at();

COMMIT;
