-- Verify mued:0004_add_foreign_keys on pg
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  -- Step 1.8: the three keys. That they hold for all rows is 0005_validate_foreign_keys.
  PERFORM pg_temp.expect_foreign_key('ai_dialogue_log', 'fk_ai_dialogue_user',
    'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_foreign_key('provenance', 'fk_provenance_content',
    'FOREIGN KEY (material_id) REFERENCES public.materials(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_foreign_key('provenance', 'fk_provenance_acquired_by',
    'FOREIGN KEY (acquired_by) REFERENCES public.users(id) ON DELETE SET NULL');

  PERFORM pg_temp.expect_table('rag_orphans',
    'id bigint not null generated always as identity',
    'table_name text not null',
    'row jsonb not null',
    'reason text not null',
    'moved_at timestamp with time zone not null default now()');
  PERFORM pg_temp.expect_constraint('rag_orphans', 'rag_orphans_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('rag_orphans', 'rag_orphans_reason_check',
    $check$CHECK ((reason = ANY (ARRAY['fk_ai_dialogue_user'::text, 'fk_provenance_content'::text, 'fk_provenance_acquired_by'::text])))$check$);
  PERFORM pg_temp.expect_privileges('rag_orphans', 'mued_app', '');
  PERFORM pg_temp.expect_privileges('rag_orphans', 'mued_read_only', 'SELECT');
END
$$;
ROLLBACK;
