-- What Supabase provides in each of its projects, for a database that is not Supabase's: the users, and who the current
-- request is from. Only a stack of its own runs this, before a system's own baseline.
--
-- Run by the database's owner, which needs no superuser's rights. Running it again changes nothing.
-- The roles anon, authenticated and service_role exist before this runs.
BEGIN;
SET LOCAL search_path = '';
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

CREATE SCHEMA IF NOT EXISTS auth;

CREATE TABLE IF NOT EXISTS auth.users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email text UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- PostgREST hands the token's claims over as settings of the transaction: newer versions as one JSON object, older
-- ones as one setting for each claim. NULL when nobody is signed in.
CREATE OR REPLACE FUNCTION auth.uid() RETURNS uuid
LANGUAGE sql STABLE
AS $$
  SELECT coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
  )::uuid
$$;

GRANT USAGE ON SCHEMA auth TO anon, authenticated, service_role;
GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role;
REVOKE ALL ON auth.users FROM PUBLIC, anon, authenticated, service_role;
GRANT SELECT ON auth.users TO service_role;

COMMIT;
