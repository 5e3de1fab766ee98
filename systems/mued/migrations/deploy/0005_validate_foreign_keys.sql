-- Deploy mued:0005_validate_foreign_keys to pg
--
-- Optional, as 0004. The runbook's way when a key is violated is to clean up by hand and run again. Here what refers to
-- nothing is set aside in rag_orphans, so that nothing is lost and reverting 0004 puts it back: of a dialogue, or of who
-- acquired content, only the reference; of a provenance whose material is gone, the row. No new orphan can come
-- meanwhile, for the keys are there.
-- squawk-ignore-file prefer-robust-stmts -- what stands after the transaction can run again: it changes nothing then
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '30min';
SET LOCAL client_min_messages = 'warning';

WITH orphans AS (
  SELECT id, to_jsonb(dialogue) AS "row" FROM public.ai_dialogue_log AS dialogue
  WHERE user_id IS NOT NULL AND NOT EXISTS (SELECT FROM public.users WHERE users.id = dialogue.user_id)
),
kept AS (
  INSERT INTO public.rag_orphans (table_name, "row", reason)
  SELECT 'ai_dialogue_log', "row", 'fk_ai_dialogue_user' FROM orphans
)
UPDATE public.ai_dialogue_log SET user_id = NULL FROM orphans WHERE orphans.id = ai_dialogue_log.id;

WITH orphans AS (
  SELECT id, to_jsonb(origin) AS "row" FROM public.provenance AS origin
  WHERE acquired_by IS NOT NULL AND NOT EXISTS (SELECT FROM public.users WHERE users.id = origin.acquired_by)
),
kept AS (
  INSERT INTO public.rag_orphans (table_name, "row", reason)
  SELECT 'provenance', "row", 'fk_provenance_acquired_by' FROM orphans
)
UPDATE public.provenance SET acquired_by = NULL FROM orphans WHERE orphans.id = provenance.id;

WITH orphans AS (
  DELETE FROM public.provenance
  WHERE material_id IS NOT NULL AND NOT EXISTS (SELECT FROM public.materials WHERE materials.id = provenance.material_id)
  RETURNING to_jsonb(provenance) AS "row"
)
INSERT INTO public.rag_orphans (table_name, "row", reason)
SELECT 'provenance', "row", 'fk_provenance_content' FROM orphans;

COMMIT;

-- Reads all rows, and blocks neither reading nor writing meanwhile, of users and materials either.
SET lock_timeout = '5s';
SET statement_timeout = '30min';
ALTER TABLE public.ai_dialogue_log VALIDATE CONSTRAINT fk_ai_dialogue_user;
ALTER TABLE public.provenance VALIDATE CONSTRAINT fk_provenance_content;
ALTER TABLE public.provenance VALIDATE CONSTRAINT fk_provenance_acquired_by;

SET client_min_messages = 'notice';
DO $$
DECLARE
  orphans bigint := (SELECT count(*) FROM public.rag_orphans);
BEGIN
  IF orphans > 0 THEN
    RAISE NOTICE 'rag_orphans keeps % that referred to nothing', orphans;
  END IF;
  RAISE NOTICE 'Successfully created all 3 foreign key constraints';
END
$$;
