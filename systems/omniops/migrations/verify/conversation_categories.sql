-- Verify omniops:conversation_categories on pg
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('conversation_categories',
    'id uuid not null default gen_random_uuid()',
    'conversation_id uuid not null',
    'category text not null',
    'is_primary boolean not null default false',
    'confidence numeric(4,3)',
    'assigned_by text not null default ''model''::text',
    'model text',
    'created_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('conversation_categories', 'conversation_categories_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('conversation_categories', 'conversation_categories_conversation_id_category_key',
    'UNIQUE (conversation_id, category)');
  PERFORM pg_temp.expect_constraint('conversation_categories', 'conversation_categories_category_check',
    $check$CHECK ((category ~ '^[a-z][a-z0-9_]*$'::text))$check$);
  PERFORM pg_temp.expect_constraint('conversation_categories', 'conversation_categories_confidence_check',
    'CHECK (((confidence >= (0)::numeric) AND (confidence <= (1)::numeric)))');
  PERFORM pg_temp.expect_constraint('conversation_categories', 'conversation_categories_assigned_by_check',
    $check$CHECK ((assigned_by = ANY (ARRAY['model'::text, 'agent'::text])))$check$);
  PERFORM pg_temp.expect_constraint('conversation_categories', 'conversation_categories_model_check',
    $check$CHECK (((assigned_by = 'model'::text) = (model IS NOT NULL)))$check$);

  PERFORM pg_temp.expect_unique_index('conversation_categories', 'idx_categories_primary', '{conversation_id}',
    'is_primary');
  PERFORM pg_temp.expect_index('conversation_categories', 'idx_categories_category', '{category,created_at}');

  PERFORM pg_temp.expect_row_security('conversation_categories');
  PERFORM pg_temp.expect_policy('conversation_categories', 'conversation_categories_select_own', 'SELECT',
    'authenticated', $condition$conversation_id IN (
      SELECT conversations.id FROM public.conversations
      JOIN public.customers ON customers.id = conversations.customer_id
      WHERE customers.owner_id = (SELECT auth.uid())
    )$condition$);
  PERFORM pg_temp.expect_policy('conversation_categories', 'conversation_categories_service', 'ALL', 'service_role');
  PERFORM pg_temp.expect_policy('conversation_categories', 'conversation_categories_read_only', 'SELECT',
    'omniops_read_only');
  PERFORM pg_temp.expect_no_other_policy('conversation_categories', ARRAY[
    'conversation_categories_read_only',
    'conversation_categories_select_own',
    'conversation_categories_service'
  ]);
  PERFORM pg_temp.expect_privileges('conversation_categories', 'anon', '');
  PERFORM pg_temp.expect_privileges('conversation_categories', 'authenticated', 'SELECT');
  PERFORM pg_temp.expect_privileges('conversation_categories', 'service_role', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('conversation_categories', 'omniops_read_only', 'SELECT');
END
$$;
ROLLBACK;
