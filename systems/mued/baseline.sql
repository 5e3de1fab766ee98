-- The database that MUED's Phase 2 runbook takes as given ("Base tables exist (users, materials)"): the tables that the
-- migrations refer to. Only a stack without a real MUED database runs this; staging and production have it already.
--
-- Run by the database's owner, which needs no superuser's rights. Running it again changes nothing.
-- The roles mued_app and mued_read_only exist before this runs.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

GRANT USAGE ON SCHEMA public TO mued_app, mued_read_only;

CREATE TABLE IF NOT EXISTS public.users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- The user's id at Clerk, who signs users in.
  clerk_id text NOT NULL CONSTRAINT users_clerk_id_key UNIQUE,
  email text NOT NULL,
  name text,
  role text NOT NULL DEFAULT 'student' CONSTRAINT users_role_check CHECK (role IN ('student', 'mentor', 'admin')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS public.materials (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  title text NOT NULL CONSTRAINT materials_title_check CHECK (title <> ''),
  content text NOT NULL DEFAULT '',
  creator_id uuid CONSTRAINT materials_creator_id_fkey REFERENCES public.users (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS idx_materials_creator ON public.materials (creator_id);

REVOKE ALL ON public.users, public.materials FROM PUBLIC, mued_app, mued_read_only;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.users, public.materials TO mued_app;
GRANT SELECT ON public.users, public.materials TO mued_read_only;

-- What the smoke tests write belongs to this user, so that it can be told from real data.
INSERT INTO public.users (id, clerk_id, email, name)
VALUES ('00000000-0000-4000-8000-000000000001', 'smoke_test', 'smoke-test@mued.invalid', 'Smoke test')
ON CONFLICT DO NOTHING;

COMMIT;
