-- Deploy mued:0004_add_foreign_keys to pg
--
-- Optional: keys from dialogues and provenance to users and materials. A material's key refers from material_id and not
-- from content_id, which is the id of something else for every other type of content.
--
-- The runbook's way when a key is violated is to clean up by hand and run again. Here what refers to nothing is set aside
-- in rag_orphans, so that nothing is lost and reverting puts it back: of a dialogue, or of who acquired content, only the
-- reference; of a provenance whose material is gone, the row. The keys come first, NOT VALID, so that no new orphan can
-- come while the old ones are set aside; then they are validated.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
DO $$
BEGIN
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

-- In the transaction that added them: what has to be all or nothing holds its locks to the end anyway.
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE public.ai_dialogue_log VALIDATE CONSTRAINT fk_ai_dialogue_user;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE public.provenance VALIDATE CONSTRAINT fk_provenance_content;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE public.provenance VALIDATE CONSTRAINT fk_provenance_acquired_by;

SET LOCAL client_min_messages = 'notice';
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

COMMIT;
