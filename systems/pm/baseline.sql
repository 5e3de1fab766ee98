-- The database that the PM Intelligence Platform's runbook takes as given (V3_001 to V3_007): the tables that the
-- migrations refer to. Only a stack without a real database of PM's runs this; staging and production have it already.
--
-- Run by the database's owner, which needs no superuser's rights. Running it again changes nothing.
-- The roles pm_app and pm_read_only exist before this runs.
--
-- No row security here nor in the migrations: users reach the database only through the API, which knows them by their
-- keys and decides itself who may see what.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

GRANT USAGE ON SCHEMA public TO pm_app, pm_read_only;

CREATE TABLE IF NOT EXISTS public.users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email text NOT NULL CONSTRAINT users_email_key UNIQUE,
  name text NOT NULL CONSTRAINT users_name_check CHECK (name <> ''),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS public.api_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL CONSTRAINT api_keys_user_id_fkey REFERENCES public.users (id) ON DELETE CASCADE,
  name text NOT NULL CONSTRAINT api_keys_name_check CHECK (name <> ''),
  -- SHA-256 of the key, in hexadecimal: the key itself is stored nowhere.
  key_hash text NOT NULL CONSTRAINT api_keys_key_hash_key UNIQUE
    CONSTRAINT api_keys_key_hash_check CHECK (key_hash ~ '^[0-9a-f]{64}$'),
  role text NOT NULL DEFAULT 'user' CONSTRAINT api_keys_role_check CHECK (role IN ('user', 'admin')),
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX IF NOT EXISTS idx_api_keys_user ON public.api_keys (user_id);

CREATE TABLE IF NOT EXISTS public.signals (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  source text NOT NULL CONSTRAINT signals_source_check CHECK (source <> ''),
  content text NOT NULL CONSTRAINT signals_content_check CHECK (content <> ''),
  -- The signal's id at its source; NULL where the source has none.
  external_id text,
  metadata jsonb NOT NULL DEFAULT '{}' CONSTRAINT signals_metadata_check CHECK (jsonb_typeof(metadata) = 'object'),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS public.opportunities (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  title text NOT NULL CONSTRAINT opportunities_title_check CHECK (title <> ''),
  description text NOT NULL DEFAULT '',
  status text NOT NULL DEFAULT 'new'
    CONSTRAINT opportunities_status_check CHECK (status IN ('new', 'reviewing', 'planned', 'done', 'rejected')),
  score numeric(4, 3) CONSTRAINT opportunities_score_check CHECK (score BETWEEN 0 AND 1),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- The signals that speak for an opportunity.
CREATE TABLE IF NOT EXISTS public.opportunity_signals (
  opportunity_id uuid NOT NULL
    CONSTRAINT opportunity_signals_opportunity_id_fkey REFERENCES public.opportunities (id) ON DELETE CASCADE,
  signal_id uuid NOT NULL
    CONSTRAINT opportunity_signals_signal_id_fkey REFERENCES public.signals (id) ON DELETE CASCADE,
  relevance numeric(4, 3) CONSTRAINT opportunity_signals_relevance_check CHECK (relevance BETWEEN 0 AND 1),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (opportunity_id, signal_id)
);

-- What each call of an AI model cost.
CREATE TABLE IF NOT EXISTS public.ai_usage_costs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid CONSTRAINT ai_usage_costs_user_id_fkey REFERENCES public.users (id) ON DELETE SET NULL,
  model text NOT NULL,
  operation text NOT NULL,
  input_tokens bigint NOT NULL DEFAULT 0,
  output_tokens bigint NOT NULL DEFAULT 0,
  cost_usd numeric(12, 6) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ai_usage_costs_counts_check CHECK (input_tokens >= 0 AND output_tokens >= 0 AND cost_usd >= 0)
);
CREATE INDEX IF NOT EXISTS idx_ai_usage_costs_user ON public.ai_usage_costs (user_id);

REVOKE ALL ON public.users, public.api_keys, public.signals, public.opportunities, public.opportunity_signals,
  public.ai_usage_costs FROM PUBLIC, pm_app, pm_read_only;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.users, public.api_keys, public.signals, public.opportunities,
  public.opportunity_signals, public.ai_usage_costs TO pm_app;
GRANT SELECT ON public.users, public.api_keys, public.signals, public.opportunities, public.opportunity_signals,
  public.ai_usage_costs TO pm_read_only;

-- What the smoke tests write belongs to this user, so that it can be told from real data.
INSERT INTO public.users (id, email, name)
VALUES ('00000000-0000-4000-8000-000000000001', 'smoke-test@pm.invalid', 'Smoke test')
ON CONFLICT DO NOTHING;

COMMIT;
