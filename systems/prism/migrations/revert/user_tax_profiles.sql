-- Revert prism:user_tax_profiles from pg
--
-- The runbook drops these tables when it goes back. The services that use them went back before (schema after code).
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.profile_corrections;
-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.user_tax_profiles;

-- The function of user_tax_profiles_updated_at, known by its comment. That change's own revert leaves it, for a
-- table that stays.
DO $$
BEGIN
  IF obj_description(to_regprocedure('public.user_tax_profiles_updated_at()'), 'pg_proc')
    LIKE '%Made by Sqitch change user_tax_profiles_updated_at.'
  THEN
    -- squawk-ignore ban-drop-function
    DROP FUNCTION public.user_tax_profiles_updated_at();
  END IF;
END
$$;

COMMIT;
