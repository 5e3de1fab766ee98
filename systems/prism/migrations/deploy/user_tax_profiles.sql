-- Deploy prism:user_tax_profiles to pg
--
-- The tax profile that was detected for a user, with the signals it was detected from, and each correction that the
-- user made to it, from which detection learns. A user has one profile.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table('user_tax_profiles', 'user_tax_profiles');
  PERFORM pg_temp.refuse_foreign_table('profile_corrections', 'user_tax_profiles');
END
$$;

CREATE TABLE IF NOT EXISTS public.user_tax_profiles (
  user_id uuid NOT NULL,
  profile_type text NOT NULL,
  is_vat_registered boolean NOT NULL DEFAULT false,
  annual_turnover numeric(18, 2),
  signals jsonb NOT NULL DEFAULT '{}',
  ai_confidence numeric(4, 3) NOT NULL,
  detected_at timestamptz NOT NULL DEFAULT now(),
  confirmed_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_tax_profiles_pkey PRIMARY KEY (user_id),
  CONSTRAINT user_tax_profiles_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE,
  CONSTRAINT user_tax_profiles_profile_type_check
    CHECK (profile_type IN ('employee', 'freelancer', 'sole_proprietor', 'company', 'mixed')),
  CONSTRAINT user_tax_profiles_annual_turnover_check CHECK (annual_turnover >= 0),
  CONSTRAINT user_tax_profiles_signals_check CHECK (jsonb_typeof(signals) = 'object'),
  CONSTRAINT user_tax_profiles_ai_confidence_check CHECK (ai_confidence BETWEEN 0 AND 1)
);
COMMENT ON TABLE public.user_tax_profiles IS
  'Tax profiles detected for users. Made by Sqitch change user_tax_profiles.';

CREATE TABLE IF NOT EXISTS public.profile_corrections (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  field_name text NOT NULL,
  detected_value text,
  corrected_value text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT profile_corrections_pkey PRIMARY KEY (id),
  CONSTRAINT profile_corrections_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES public.user_tax_profiles (user_id) ON DELETE CASCADE,
  CONSTRAINT profile_corrections_field_name_check CHECK (field_name <> ''),
  CONSTRAINT profile_corrections_value_check CHECK (detected_value IS DISTINCT FROM corrected_value)
);
COMMENT ON TABLE public.profile_corrections IS
  'Corrections by users of their tax profile. Made by Sqitch change user_tax_profiles.';

-- The runbook's search for profiles that were detected with little confidence.
CREATE INDEX IF NOT EXISTS idx_user_tax_profiles_confidence ON public.user_tax_profiles (ai_confidence);
CREATE INDEX IF NOT EXISTS idx_profile_corrections_user ON public.profile_corrections (user_id, created_at);
CREATE INDEX IF NOT EXISTS idx_profile_corrections_field ON public.profile_corrections (field_name);

ALTER TABLE public.user_tax_profiles ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS user_tax_profiles_select_own ON public.user_tax_profiles;
CREATE POLICY user_tax_profiles_select_own ON public.user_tax_profiles FOR SELECT TO authenticated
  USING (user_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS user_tax_profiles_service ON public.user_tax_profiles;
CREATE POLICY user_tax_profiles_service ON public.user_tax_profiles TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS user_tax_profiles_read_only ON public.user_tax_profiles;
CREATE POLICY user_tax_profiles_read_only ON public.user_tax_profiles FOR SELECT TO prism_read_only USING (true);

ALTER TABLE public.profile_corrections ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS profile_corrections_select_own ON public.profile_corrections;
CREATE POLICY profile_corrections_select_own ON public.profile_corrections FOR SELECT TO authenticated
  USING (user_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS profile_corrections_insert_own ON public.profile_corrections;
CREATE POLICY profile_corrections_insert_own ON public.profile_corrections FOR INSERT TO authenticated
  WITH CHECK (user_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS profile_corrections_service ON public.profile_corrections;
CREATE POLICY profile_corrections_service ON public.profile_corrections TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS profile_corrections_read_only ON public.profile_corrections;
CREATE POLICY profile_corrections_read_only ON public.profile_corrections FOR SELECT TO prism_read_only USING (true);

REVOKE ALL ON public.user_tax_profiles, public.profile_corrections
  FROM PUBLIC, anon, authenticated, service_role, prism_read_only;
GRANT SELECT ON public.user_tax_profiles TO authenticated;
GRANT SELECT, INSERT ON public.profile_corrections TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.user_tax_profiles, public.profile_corrections TO service_role;
GRANT SELECT ON public.user_tax_profiles, public.profile_corrections TO prism_read_only;

COMMIT;
