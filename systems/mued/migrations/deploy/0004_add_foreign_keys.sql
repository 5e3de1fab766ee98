-- Deploy mued:0004_add_foreign_keys to pg
--
-- Optional: keys from dialogues and provenance to users and materials. A material's key refers from material_id and not
-- from content_id, which is the id of something else for every other type of content.
--
-- The keys come NOT VALID: no new row may refer to nothing, and no row is looked at while users and materials are locked.
-- 0005_validate_foreign_keys looks at those that are there.
BEGIN;
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
\ir mark_found.sql
DO $$
BEGIN
  -- The first time, since rag_orphans comes with the keys.
  IF to_regclass('public.rag_orphans') IS NULL THEN
    PERFORM pg_temp.mark_found_constraint(table_name, key_name, 'FOREIGN KEY ' || definition, '0004_add_foreign_keys')
    FROM (
      VALUES ('ai_dialogue_log', 'fk_ai_dialogue_user', '(user_id) REFERENCES public.users(id) ON DELETE CASCADE'),
        ('provenance', 'fk_provenance_content', '(material_id) REFERENCES public.materials(id) ON DELETE CASCADE'),
        ('provenance', 'fk_provenance_acquired_by', '(acquired_by) REFERENCES public.users(id) ON DELETE SET NULL')
    ) AS named (table_name, key_name, definition);
  END IF;
  PERFORM pg_temp.refuse_foreign_table('rag_orphans', '0004_add_foreign_keys');
END
$$;

CREATE TABLE IF NOT EXISTS public.rag_orphans (
  id bigint GENERATED ALWAYS AS IDENTITY,
  table_name text NOT NULL,
  -- As it was before it was changed or removed.
  "row" jsonb NOT NULL,
  -- The key that it would violate.
  reason text NOT NULL,
  moved_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT rag_orphans_pkey PRIMARY KEY (id),
  CONSTRAINT rag_orphans_reason_check
    CHECK (reason IN ('fk_ai_dialogue_user', 'fk_provenance_content', 'fk_provenance_acquired_by'))
);
COMMENT ON TABLE public.rag_orphans IS
  'Rows that referred to users and materials that are gone. Made by Sqitch change 0004_add_foreign_keys.';
REVOKE ALL ON public.rag_orphans FROM PUBLIC, mued_app, mued_read_only;
GRANT SELECT ON public.rag_orphans TO mued_read_only;

SELECT count(*) FILTER (WHERE conname = 'fk_ai_dialogue_user') = 0 AS ai_dialogue_user_is_missing,
  count(*) FILTER (WHERE conname = 'fk_provenance_content') = 0 AS provenance_content_is_missing,
  count(*) FILTER (WHERE conname = 'fk_provenance_acquired_by') = 0 AS provenance_acquired_by_is_missing
FROM pg_catalog.pg_constraint
WHERE conrelid IN ('public.ai_dialogue_log'::regclass, 'public.provenance'::regclass)
\gset
\if :ai_dialogue_user_is_missing
-- A user's dialogues go with the user: they are personal data. The daily metrics stay.
ALTER TABLE public.ai_dialogue_log ADD CONSTRAINT fk_ai_dialogue_user
  FOREIGN KEY (user_id) REFERENCES public.users (id) ON DELETE CASCADE NOT VALID;
\endif
\if :provenance_content_is_missing
ALTER TABLE public.provenance ADD CONSTRAINT fk_provenance_content
  FOREIGN KEY (material_id) REFERENCES public.materials (id) ON DELETE CASCADE NOT VALID;
\endif
\if :provenance_acquired_by_is_missing
-- The licence holds, whoever it was that acquired the content.
ALTER TABLE public.provenance ADD CONSTRAINT fk_provenance_acquired_by
  FOREIGN KEY (acquired_by) REFERENCES public.users (id) ON DELETE SET NULL NOT VALID;
\endif

COMMIT;
