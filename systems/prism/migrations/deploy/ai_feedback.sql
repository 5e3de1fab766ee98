-- Deploy prism:ai_feedback to pg
--
-- Corrections that users make to what the AI decided: the material that models are retrained on. A row waits until it
-- is used in training, then names the batch that used it.
--
-- Reverting keeps this table, so deploying takes one that is there already; verify/ai_feedback.sql then refuses it
-- unless it is exactly as below.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

CREATE TABLE IF NOT EXISTS public.ai_feedback (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  business_id uuid NOT NULL,
  user_id uuid NOT NULL,
  subject_type text NOT NULL,
  subject_id uuid NOT NULL,
  prediction jsonb NOT NULL,
  correction jsonb NOT NULL,
  ai_confidence numeric(4, 3),
  model_version text,
  used_in_training boolean NOT NULL DEFAULT false,
  training_batch_id uuid,
  trained_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ai_feedback_pkey PRIMARY KEY (id),
  -- A user's feedback goes when the user or the business goes: it is personal data.
  CONSTRAINT ai_feedback_business_id_fkey FOREIGN KEY (business_id) REFERENCES public.businesses (id) ON DELETE CASCADE,
  CONSTRAINT ai_feedback_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE,
  CONSTRAINT ai_feedback_subject_type_check
    CHECK (subject_type IN ('transaction', 'invoice', 'business', 'tax_profile')),
  CONSTRAINT ai_feedback_ai_confidence_check CHECK (ai_confidence BETWEEN 0 AND 1),
  CONSTRAINT ai_feedback_training_check CHECK (
    used_in_training = (training_batch_id IS NOT NULL) AND used_in_training = (trained_at IS NOT NULL)
  )
);
COMMENT ON TABLE public.ai_feedback IS
  'Corrections by users of what the AI decided. Made by Sqitch change ai_feedback.';

CREATE INDEX IF NOT EXISTS idx_ai_feedback_business ON public.ai_feedback (business_id, created_at);
CREATE INDEX IF NOT EXISTS idx_ai_feedback_user ON public.ai_feedback (user_id, created_at);
-- By training status: what still waits, for each business; and what a batch used.
CREATE INDEX IF NOT EXISTS idx_ai_feedback_waiting ON public.ai_feedback (business_id) WHERE NOT used_in_training;
CREATE INDEX IF NOT EXISTS idx_ai_feedback_training_batch ON public.ai_feedback (training_batch_id)
  WHERE used_in_training;

-- The owner is exempt (no FORCE): it is nobody's login at run time, and pg_dump, which it runs, must see every row.
ALTER TABLE public.ai_feedback ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ai_feedback_select_own ON public.ai_feedback;
CREATE POLICY ai_feedback_select_own ON public.ai_feedback FOR SELECT TO authenticated
  USING (user_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS ai_feedback_insert_own ON public.ai_feedback;
CREATE POLICY ai_feedback_insert_own ON public.ai_feedback FOR INSERT TO authenticated
  WITH CHECK (
    user_id = (SELECT auth.uid())
    AND business_id IN (SELECT id FROM public.businesses WHERE owner_id = (SELECT auth.uid()))
    AND NOT used_in_training
  );
DROP POLICY IF EXISTS ai_feedback_service ON public.ai_feedback;
CREATE POLICY ai_feedback_service ON public.ai_feedback TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS ai_feedback_read_only ON public.ai_feedback;
CREATE POLICY ai_feedback_read_only ON public.ai_feedback FOR SELECT TO prism_read_only USING (true);

-- Supabase grants everything on a new table to its roles by default.
REVOKE ALL ON public.ai_feedback FROM PUBLIC, anon, authenticated, service_role, prism_read_only;
GRANT SELECT, INSERT ON public.ai_feedback TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.ai_feedback TO service_role;
GRANT SELECT ON public.ai_feedback TO prism_read_only;

COMMIT;
