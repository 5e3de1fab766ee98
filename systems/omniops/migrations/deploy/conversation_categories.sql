-- Deploy omniops:conversation_categories to pg
--
-- What conversations are about, as a model or an agent sorted them. A conversation may have several categories, one of
-- them the primary one.
--
-- Its foreign keys are a change of their own (phase4_foreign_keys), so that creating the table locks no other.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table('conversation_categories', 'conversation_categories');
END
$$;

CREATE TABLE IF NOT EXISTS public.conversation_categories (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  conversation_id uuid NOT NULL,
  category text NOT NULL,
  is_primary boolean NOT NULL DEFAULT false,
  confidence numeric(4, 3),
  assigned_by text NOT NULL DEFAULT 'model',
  model text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT conversation_categories_pkey PRIMARY KEY (id),
  CONSTRAINT conversation_categories_conversation_id_category_key UNIQUE (conversation_id, category),
  CONSTRAINT conversation_categories_category_check CHECK (category ~ '^[a-z][a-z0-9_]*$'),
  CONSTRAINT conversation_categories_confidence_check CHECK (confidence BETWEEN 0 AND 1),
  CONSTRAINT conversation_categories_assigned_by_check CHECK (assigned_by IN ('model', 'agent')),
  CONSTRAINT conversation_categories_model_check CHECK ((assigned_by = 'model') = (model IS NOT NULL))
);
COMMENT ON TABLE public.conversation_categories IS
  'Categories of conversations. Made by Sqitch change conversation_categories.';

CREATE UNIQUE INDEX IF NOT EXISTS idx_categories_primary ON public.conversation_categories (conversation_id)
  WHERE is_primary;
CREATE INDEX IF NOT EXISTS idx_categories_category ON public.conversation_categories (category, created_at);

DROP POLICY IF EXISTS conversation_categories_select_own ON public.conversation_categories;
CREATE POLICY conversation_categories_select_own ON public.conversation_categories FOR SELECT TO authenticated
  USING (
    conversation_id IN (
      SELECT conversations.id FROM public.conversations
      JOIN public.customers ON customers.id = conversations.customer_id
      WHERE customers.owner_id = (SELECT auth.uid())
    )
  );
DROP POLICY IF EXISTS conversation_categories_service ON public.conversation_categories;
CREATE POLICY conversation_categories_service ON public.conversation_categories TO service_role
  USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS conversation_categories_read_only ON public.conversation_categories;
CREATE POLICY conversation_categories_read_only ON public.conversation_categories FOR SELECT TO omniops_read_only
  USING (true);
-- Only now: row security without policies hides every row from everybody.
ALTER TABLE public.conversation_categories ENABLE ROW LEVEL SECURITY;

-- Supabase grants everything on a new table to its roles by default.
REVOKE ALL ON public.conversation_categories FROM PUBLIC, anon, authenticated, service_role, omniops_read_only;
GRANT SELECT ON public.conversation_categories TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.conversation_categories TO service_role;
GRANT SELECT ON public.conversation_categories TO omniops_read_only;

COMMIT;
