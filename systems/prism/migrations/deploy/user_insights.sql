-- Deploy prism:user_insights to pg
--
-- What the monthly engine found for a user: one insight of each type a month, so that running the engine again for a
-- month renews its rows and doubles none. When the user read it and acted on it is kept for engagement metrics.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table('user_insights', 'user_insights');
END
$$;

CREATE TABLE IF NOT EXISTS public.user_insights (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  -- The first day of the month.
  month date NOT NULL,
  insight_type text NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  priority text NOT NULL DEFAULT 'medium',
  details jsonb NOT NULL DEFAULT '{}',
  generated_at timestamptz NOT NULL DEFAULT now(),
  read_at timestamptz,
  acted_at timestamptz,
  CONSTRAINT user_insights_pkey PRIMARY KEY (id),
  CONSTRAINT user_insights_user_id_month_insight_type_key UNIQUE (user_id, month, insight_type),
  CONSTRAINT user_insights_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE,
  CONSTRAINT user_insights_month_check CHECK (extract(day FROM month) = 1),
  CONSTRAINT user_insights_insight_type_check CHECK (insight_type ~ '^[a-z][a-z0-9_]*$'),
  CONSTRAINT user_insights_priority_check CHECK (priority IN ('low', 'medium', 'high')),
  CONSTRAINT user_insights_details_check CHECK (jsonb_typeof(details) = 'object'),
  CONSTRAINT user_insights_acted_check CHECK (acted_at IS NULL OR (read_at IS NOT NULL AND acted_at >= read_at))
);
COMMENT ON TABLE public.user_insights IS 'Insights for each user and month. Made by Sqitch change user_insights.';

-- By month: engagement over all users.
CREATE INDEX IF NOT EXISTS idx_user_insights_month ON public.user_insights (month);
CREATE INDEX IF NOT EXISTS idx_user_insights_unread ON public.user_insights (user_id) WHERE read_at IS NULL;

ALTER TABLE public.user_insights ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS user_insights_select_own ON public.user_insights;
CREATE POLICY user_insights_select_own ON public.user_insights FOR SELECT TO authenticated
  USING (user_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS user_insights_update_own ON public.user_insights;
CREATE POLICY user_insights_update_own ON public.user_insights FOR UPDATE TO authenticated
  USING (user_id = (SELECT auth.uid())) WITH CHECK (user_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS user_insights_service ON public.user_insights;
CREATE POLICY user_insights_service ON public.user_insights TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS user_insights_read_only ON public.user_insights;
CREATE POLICY user_insights_read_only ON public.user_insights FOR SELECT TO prism_read_only USING (true);

-- A user marks an insight as read and acted on, and changes nothing else of it.
REVOKE ALL ON public.user_insights FROM PUBLIC, anon, authenticated, service_role, prism_read_only;
GRANT SELECT, UPDATE (read_at, acted_at) ON public.user_insights TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.user_insights TO service_role;
GRANT SELECT ON public.user_insights TO prism_read_only;

COMMIT;
