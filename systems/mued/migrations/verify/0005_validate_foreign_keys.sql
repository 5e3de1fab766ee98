-- Verify mued:0005_validate_foreign_keys on pg
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  -- Step 1.8: the three keys, and that they hold for all rows.
  PERFORM pg_temp.expect_constraint('ai_dialogue_log', 'fk_ai_dialogue_user',
    'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('provenance', 'fk_provenance_content',
    'FOREIGN KEY (material_id) REFERENCES public.materials(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('provenance', 'fk_provenance_acquired_by',
    'FOREIGN KEY (acquired_by) REFERENCES public.users(id) ON DELETE SET NULL');
END
$$;
ROLLBACK;
