-- Verify mued:0004_add_foreign_keys on pg
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- expectations.sql sets them
BEGIN;
\ir expectations.sql

-- A foreign key with this definition, NOT VALID or not.
CREATE OR REPLACE FUNCTION pg_temp.expect_key(table_name text, key_name text, definition text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  found text := (
    SELECT regexp_replace(pg_get_constraintdef(oid), ' NOT VALID$', '') FROM pg_constraint
    WHERE conrelid = to_regclass('public.' || quote_ident(table_name)) AND conname = key_name
  );
BEGIN
  PERFORM pg_temp.expect(found IS NOT NULL, format('constraint %s is missing on %s', key_name, table_name));
  PERFORM pg_temp.expect(found = definition,
    format('constraint %s on %s is "%s", expected "%s"', key_name, table_name, found, definition));
END
$$;

DO $$
BEGIN
  -- Step 1.8: the three keys. That they hold for all rows is 0005_validate_foreign_keys.
  PERFORM pg_temp.expect_key('ai_dialogue_log', 'fk_ai_dialogue_user',
    'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_key('provenance', 'fk_provenance_content',
    'FOREIGN KEY (material_id) REFERENCES public.materials(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_key('provenance', 'fk_provenance_acquired_by',
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
