-- Revert mued:0004_add_foreign_keys from pg
--
-- Drops the keys that it made and puts back what was set aside for them. What was removed since stays removed, and a
-- reference that somebody has set since stays as it is.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir drop_ours.sql

DO $$
BEGIN
  PERFORM pg_temp.drop_our_constraint('ai_dialogue_log', 'fk_ai_dialogue_user', '0004_add_foreign_keys'),
    pg_temp.drop_our_constraint('provenance', 'fk_provenance_content', '0004_add_foreign_keys'),
    pg_temp.drop_our_constraint('provenance', 'fk_provenance_acquired_by', '0004_add_foreign_keys');
END
$$;

-- It is gone when this was killed after its COMMIT.
SELECT to_regclass('public.rag_orphans') IS NOT NULL AS has_orphans
\gset
\if :has_orphans
INSERT INTO public.provenance (id, content_id, content_type, source_uri, license_type, acquisition_method, acquired_by,
  retention_years, expires_at, created_at, updated_at)
SELECT origin.id, origin.content_id, origin.content_type, origin.source_uri, origin.license_type,
  origin.acquisition_method, origin.acquired_by, origin.retention_years, origin.expires_at, origin.created_at,
  origin.updated_at
FROM public.rag_orphans AS orphan, jsonb_populate_record(NULL::public.provenance, orphan."row") AS origin
WHERE orphan.reason = 'fk_provenance_content'
ON CONFLICT (id) DO NOTHING;

UPDATE public.provenance SET acquired_by = (orphan."row" ->> 'acquired_by')::uuid
FROM public.rag_orphans AS orphan
WHERE orphan.reason = 'fk_provenance_acquired_by'
  AND provenance.id = (orphan."row" ->> 'id')::uuid
  AND provenance.acquired_by IS NULL;

UPDATE public.ai_dialogue_log SET user_id = (orphan."row" ->> 'user_id')::uuid
FROM public.rag_orphans AS orphan
WHERE orphan.reason = 'fk_ai_dialogue_user'
  AND ai_dialogue_log.id = (orphan."row" ->> 'id')::uuid
  AND ai_dialogue_log.user_id IS NULL;

-- squawk-ignore ban-drop-table
DROP TABLE public.rag_orphans;
\endif

COMMIT;
