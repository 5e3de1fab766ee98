-- Deploy prism:user_tax_profiles_updated_at to pg
--
-- When a profile was changed last: whoever updates one, the application or a person, sets updated_at with it.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_object.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_function('user_tax_profiles_updated_at()', 'user_tax_profiles_updated_at');
  PERFORM pg_temp.refuse_foreign_trigger(
    'user_tax_profiles', 'user_tax_profiles_updated_at', 'user_tax_profiles_updated_at()'
  );
END
$$;

CREATE OR REPLACE FUNCTION public.user_tax_profiles_updated_at() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION public.user_tax_profiles_updated_at() IS
  'Notes when a row was changed. Made by Sqitch change user_tax_profiles_updated_at.';

CREATE OR REPLACE TRIGGER user_tax_profiles_updated_at BEFORE UPDATE ON public.user_tax_profiles
  FOR EACH ROW EXECUTE FUNCTION public.user_tax_profiles_updated_at();

COMMIT;
