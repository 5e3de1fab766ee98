-- Verify prism:user_tax_profiles_updated_at on pg
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- expectations.sql sets them
BEGIN;
\ir expectations.sql
\ir updated_at.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_updated_at('user_tax_profiles', 'user_tax_profiles_updated_at');
END
$$;
ROLLBACK;
