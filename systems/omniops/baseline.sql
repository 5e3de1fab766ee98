-- The database that OmniOps' Phase 4 takes as given (PostgreSQL 15 on Supabase): the tables that the migrations refer
-- to. Only a stack without a real OmniOps database runs this, after what Supabase provides (components/supabase);
-- staging and production have it all already.
--
-- Run by the database's owner, which needs no superuser's rights. Running it again changes nothing. The roles anon,
-- authenticated, service_role, omniops_app and omniops_read_only, and the extensions vector and pg_trgm, exist before
-- this runs.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

GRANT USAGE ON SCHEMA auth, public TO omniops_read_only;

-- OmniOps before Phase 4. A customer is known by a short name, which the rollout of features lists.
CREATE TABLE IF NOT EXISTS public.customers (
  id text PRIMARY KEY CONSTRAINT customers_id_check CHECK (id ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  owner_id uuid NOT NULL CONSTRAINT customers_owner_id_fkey REFERENCES auth.users (id) ON DELETE CASCADE,
  name text NOT NULL CONSTRAINT customers_name_check CHECK (name <> ''),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS idx_customers_owner ON public.customers (owner_id);

CREATE TABLE IF NOT EXISTS public.conversations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  customer_id text NOT NULL
    CONSTRAINT conversations_customer_id_fkey REFERENCES public.customers (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS idx_conversations_customer ON public.conversations (customer_id, created_at);

CREATE TABLE IF NOT EXISTS public.messages (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  conversation_id uuid NOT NULL
    CONSTRAINT messages_conversation_id_fkey REFERENCES public.conversations (id) ON DELETE CASCADE,
  role text NOT NULL CONSTRAINT messages_role_check CHECK (role IN ('customer', 'agent', 'assistant')),
  content text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS idx_messages_conversation ON public.messages (conversation_id, created_at);
-- The messages of the last days, page by page.
CREATE INDEX IF NOT EXISTS idx_messages_created ON public.messages (created_at, id);

-- A user sees what is their customers'; the services and the read-only role see everything; anon sees nothing.
DROP POLICY IF EXISTS customers_own ON public.customers;
CREATE POLICY customers_own ON public.customers TO authenticated
  USING (owner_id = (SELECT auth.uid())) WITH CHECK (owner_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS customers_service ON public.customers;
CREATE POLICY customers_service ON public.customers TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS customers_read_only ON public.customers;
CREATE POLICY customers_read_only ON public.customers FOR SELECT TO omniops_read_only USING (true);

DROP POLICY IF EXISTS conversations_own ON public.conversations;
CREATE POLICY conversations_own ON public.conversations TO authenticated
  USING (customer_id IN (SELECT id FROM public.customers WHERE owner_id = (SELECT auth.uid())))
  WITH CHECK (customer_id IN (SELECT id FROM public.customers WHERE owner_id = (SELECT auth.uid())));
DROP POLICY IF EXISTS conversations_service ON public.conversations;
CREATE POLICY conversations_service ON public.conversations TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS conversations_read_only ON public.conversations;
CREATE POLICY conversations_read_only ON public.conversations FOR SELECT TO omniops_read_only USING (true);

-- Row security of conversations holds in the subquery as well: it finds the user's own only.
DROP POLICY IF EXISTS messages_own ON public.messages;
CREATE POLICY messages_own ON public.messages TO authenticated
  USING (conversation_id IN (SELECT id FROM public.conversations))
  WITH CHECK (conversation_id IN (SELECT id FROM public.conversations));
DROP POLICY IF EXISTS messages_service ON public.messages;
CREATE POLICY messages_service ON public.messages TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS messages_read_only ON public.messages;
CREATE POLICY messages_read_only ON public.messages FOR SELECT TO omniops_read_only USING (true);

ALTER TABLE public.customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.conversations ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.messages ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON public.customers, public.conversations, public.messages
  FROM PUBLIC, anon, authenticated, service_role, omniops_read_only;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.customers, public.conversations, public.messages
  TO authenticated, service_role;
GRANT SELECT ON public.customers, public.conversations, public.messages TO omniops_read_only;

-- What the smoke tests write belongs to this customer, so that it can be told from real data.
INSERT INTO auth.users (id, email)
VALUES ('00000000-0000-4000-8000-000000000001', 'smoke-test@omniops.invalid')
ON CONFLICT DO NOTHING;
INSERT INTO public.customers (id, owner_id, name)
VALUES ('smoke-test', '00000000-0000-4000-8000-000000000001', 'Smoke test')
ON CONFLICT DO NOTHING;
INSERT INTO public.conversations (id, customer_id)
VALUES ('00000000-0000-4000-8000-000000000002', 'smoke-test')
ON CONFLICT DO NOTHING;

COMMIT;
