-- Revert mued:0004_add_foreign_keys from pg
-- squawk-ignore-file ban-drop-table, prefer-robust-stmts -- that is what reverting it is; it can run again
--
-- Drops the keys that it made and puts back what was set aside for them. What was removed since stays removed, and a
-- reference that somebody has set since stays as it is.
--
-- The keys go first and each in a transaction of its own: dropping one locks its table and users or materials, which are
-- in use. The rows come back while nobody waits.
SET lock_timeout = '2s';
SET statement_timeout = '60s';
SET client_min_messages = 'warning';
\ir drop_ours.sql

-- It goes last: without it, this was killed after its COMMIT, and the keys that are there were found.
SELECT to_regclass('public.rag_orphans') IS NOT NULL AS has_orphans
\gset
\if :has_orphans
CREATE OR REPLACE FUNCTION pg_temp.is_found(constraint_id oid) RETURNS boolean
LANGUAGE sql
AS $$
  SELECT coalesce(obj_description(constraint_id, 'pg_constraint'), '')
    LIKE '%Found by Sqitch change 0004_add_foreign_keys.'
$$;

-- One that was found keeps its mark until the rows are back, for this may run again.
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
FROM pg_catalog.pg_constraint
WHERE (conrelid, conname) IN (
    ('public.ai_dialogue_log'::regclass, 'fk_ai_dialogue_user'), ('public.provenance'::regclass, 'fk_provenance_content'),
    ('public.provenance'::regclass, 'fk_provenance_acquired_by')
  ) AND NOT pg_temp.is_found(oid)
\gexec

BEGIN;
-- A key that was found would refuse the rows: it makes way for them, and comes back as it was, NOT VALID.
CREATE TEMPORARY TABLE found_keys ON COMMIT DROP AS
SELECT conrelid::regclass AS of_table, conname, pg_get_constraintdef(oid) AS definition,
  obj_description(oid, 'pg_constraint') AS described
FROM pg_catalog.pg_constraint
WHERE contype = 'f' AND pg_temp.is_found(oid)
  AND conrelid IN (SELECT to_regclass('public.' || table_name) FROM public.rag_orphans);
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', of_table, conname) FROM found_keys
\gexec

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

SELECT statement
FROM found_keys,
  LATERAL (
    VALUES (format('ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID', of_table, conname,
        regexp_replace(definition, ' NOT VALID$', ''))),
      (format('COMMENT ON CONSTRAINT %I ON %s IS %L', conname, of_table, described))
  ) AS made (statement)
\gexec
DO $$
BEGIN
  -- Only those are left that were found: they lose the mark.
  PERFORM pg_temp.drop_our_constraint('ai_dialogue_log', 'fk_ai_dialogue_user', '0004_add_foreign_keys'),
    pg_temp.drop_our_constraint('provenance', 'fk_provenance_content', '0004_add_foreign_keys'),
    pg_temp.drop_our_constraint('provenance', 'fk_provenance_acquired_by', '0004_add_foreign_keys');
END
$$;

DROP TABLE public.rag_orphans;
COMMIT;
\endif
