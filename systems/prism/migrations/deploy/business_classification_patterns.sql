-- Deploy prism:business_classification_patterns to pg
--
-- What was learned about how a business's entries are classified: a pattern (a word, a counterparty) points to a
-- category, and each time a user's correction bears it out its occurrence count goes up by one.
--
-- The confidence follows from the count alone: n / (n + 2), so that 1 gives 0.3333, 2 gives 0.5, 4 gives 0.6667,
-- 5 gives 0.7143 and 18 gives 0.9. With the runbook's MODEL_CONFIDENCE_THRESHOLD of 0.7 a pattern classifies by itself
-- from its fifth occurrence. It is a generated column, so that it can neither be set nor be forgotten.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table('business_classification_patterns', 'business_classification_patterns');
END
$$;

CREATE TABLE IF NOT EXISTS public.business_classification_patterns (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  business_id uuid NOT NULL,
  pattern_type text NOT NULL,
  pattern text NOT NULL,
  category text NOT NULL,
  occurrence_count bigint NOT NULL DEFAULT 1,
  confidence numeric(5, 4) NOT NULL
    GENERATED ALWAYS AS (round(occurrence_count::numeric / (occurrence_count::numeric + 2), 4)) STORED,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT business_classification_patterns_pkey PRIMARY KEY (id),
  -- Two categories may compete for one pattern: the more confident one wins.
  CONSTRAINT business_classification_patterns_pattern_key UNIQUE (business_id, pattern_type, pattern, category),
  CONSTRAINT business_classification_patterns_business_id_fkey
    FOREIGN KEY (business_id) REFERENCES public.businesses (id) ON DELETE CASCADE,
  CONSTRAINT business_classification_patterns_pattern_type_check
    CHECK (pattern_type IN ('keyword', 'counterparty', 'amount', 'description')),
  CONSTRAINT business_classification_patterns_pattern_check CHECK (pattern <> '' AND category <> ''),
  CONSTRAINT business_classification_patterns_occurrence_count_check CHECK (occurrence_count >= 1),
  CONSTRAINT business_classification_patterns_seen_check CHECK (last_seen_at >= first_seen_at)
);
COMMENT ON TABLE public.business_classification_patterns IS
  'Classification patterns learned for each business. Made by Sqitch change business_classification_patterns.';

CREATE INDEX IF NOT EXISTS idx_business_classification_patterns_confidence
  ON public.business_classification_patterns (business_id, confidence);

ALTER TABLE public.business_classification_patterns ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS business_classification_patterns_select_own ON public.business_classification_patterns;
CREATE POLICY business_classification_patterns_select_own ON public.business_classification_patterns
  FOR SELECT TO authenticated
  USING (business_id IN (SELECT id FROM public.businesses WHERE owner_id = (SELECT auth.uid())));
DROP POLICY IF EXISTS business_classification_patterns_service ON public.business_classification_patterns;
CREATE POLICY business_classification_patterns_service ON public.business_classification_patterns
  TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS business_classification_patterns_read_only ON public.business_classification_patterns;
CREATE POLICY business_classification_patterns_read_only ON public.business_classification_patterns
  FOR SELECT TO prism_read_only USING (true);

REVOKE ALL ON public.business_classification_patterns FROM PUBLIC, anon, authenticated, service_role, prism_read_only;
GRANT SELECT ON public.business_classification_patterns TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.business_classification_patterns TO service_role;
GRANT SELECT ON public.business_classification_patterns TO prism_read_only;

COMMIT;
