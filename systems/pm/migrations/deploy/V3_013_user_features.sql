-- Deploy pm:V3_013_user_features to pg
--
-- What users set up for themselves: preferences, notifications, filters, dashboards and scheduled reports; what they
-- did; and what they told us. Everything of a user goes with the user, but for the tickets, which then are nobody's.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table(made, 'V3_013_user_features')
  FROM unnest(ARRAY['user_preferences', 'notification_preferences', 'saved_filters', 'custom_dashboards',
    'report_schedules', 'report_runs', 'user_activity_log', 'feedback_tickets']) AS made;
END
$$;

CREATE TABLE IF NOT EXISTS public.user_preferences (
  user_id uuid NOT NULL,
  theme text NOT NULL DEFAULT 'system',
  language text NOT NULL DEFAULT 'en',
  time_zone text NOT NULL DEFAULT 'UTC',
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_preferences_pkey PRIMARY KEY (user_id),
  CONSTRAINT user_preferences_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users (id) ON DELETE CASCADE,
  CONSTRAINT user_preferences_theme_check CHECK (theme IN ('light', 'dark', 'system')),
  CONSTRAINT user_preferences_language_check CHECK (language ~ '^[a-z]{2}(-[A-Z]{2})?$'),
  CONSTRAINT user_preferences_time_zone_check CHECK (time_zone <> ''),
  CONSTRAINT user_preferences_settings_check CHECK (jsonb_typeof(settings) = 'object')
);
COMMENT ON TABLE public.user_preferences IS
  'How each user likes it. Made by Sqitch change V3_013_user_features.';

CREATE TABLE IF NOT EXISTS public.notification_preferences (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  channel text NOT NULL,
  event_type text NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  frequency text NOT NULL DEFAULT 'immediate',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT notification_preferences_pkey PRIMARY KEY (id),
  CONSTRAINT notification_preferences_user_id_channel_event_type_key UNIQUE (user_id, channel, event_type),
  CONSTRAINT notification_preferences_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users (id)
    ON DELETE CASCADE,
  CONSTRAINT notification_preferences_channel_check CHECK (channel IN ('email', 'slack', 'in_app')),
  CONSTRAINT notification_preferences_event_type_check CHECK (event_type ~ '^[a-z][a-z0-9_.]*$'),
  CONSTRAINT notification_preferences_frequency_check CHECK (frequency IN ('immediate', 'daily', 'weekly'))
);
COMMENT ON TABLE public.notification_preferences IS
  'What each user wants to hear of, and how. Made by Sqitch change V3_013_user_features.';

CREATE TABLE IF NOT EXISTS public.saved_filters (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  name text NOT NULL,
  entity_type text NOT NULL,
  filter jsonb NOT NULL,
  is_shared boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT saved_filters_pkey PRIMARY KEY (id),
  CONSTRAINT saved_filters_user_id_entity_type_name_key UNIQUE (user_id, entity_type, name),
  CONSTRAINT saved_filters_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users (id) ON DELETE CASCADE,
  CONSTRAINT saved_filters_name_check CHECK (name <> ''),
  CONSTRAINT saved_filters_entity_type_check CHECK (entity_type IN ('signal', 'opportunity')),
  CONSTRAINT saved_filters_filter_check CHECK (jsonb_typeof(filter) = 'object')
);
COMMENT ON TABLE public.saved_filters IS
  'Searches that users keep. Made by Sqitch change V3_013_user_features.';

CREATE INDEX IF NOT EXISTS idx_saved_filters_shared ON public.saved_filters (entity_type, name) WHERE is_shared;

CREATE TABLE IF NOT EXISTS public.custom_dashboards (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  name text NOT NULL,
  layout jsonb NOT NULL DEFAULT '[]',
  is_default boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT custom_dashboards_pkey PRIMARY KEY (id),
  CONSTRAINT custom_dashboards_user_id_name_key UNIQUE (user_id, name),
  CONSTRAINT custom_dashboards_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users (id) ON DELETE CASCADE,
  CONSTRAINT custom_dashboards_name_check CHECK (name <> ''),
  CONSTRAINT custom_dashboards_layout_check CHECK (jsonb_typeof(layout) = 'array')
);
COMMENT ON TABLE public.custom_dashboards IS
  'Dashboards that users put together. Made by Sqitch change V3_013_user_features.';

-- One that a user sees first, and no more.
CREATE UNIQUE INDEX IF NOT EXISTS idx_custom_dashboards_default ON public.custom_dashboards (user_id) WHERE is_default;

CREATE TABLE IF NOT EXISTS public.report_schedules (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  name text NOT NULL,
  report_type text NOT NULL,
  format text NOT NULL DEFAULT 'csv',
  parameters jsonb NOT NULL DEFAULT '{}',
  recipients jsonb NOT NULL DEFAULT '[]',
  frequency text NOT NULL,
  -- In which next_run_at is reckoned.
  time_zone text NOT NULL DEFAULT 'UTC',
  enabled boolean NOT NULL DEFAULT true,
  next_run_at timestamptz NOT NULL,
  last_run_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT report_schedules_pkey PRIMARY KEY (id),
  CONSTRAINT report_schedules_user_id_name_key UNIQUE (user_id, name),
  CONSTRAINT report_schedules_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users (id) ON DELETE CASCADE,
  CONSTRAINT report_schedules_name_check CHECK (name <> ''),
  CONSTRAINT report_schedules_report_type_check
    CHECK (report_type IN ('signals', 'opportunities', 'costs', 'observability')),
  CONSTRAINT report_schedules_format_check CHECK (format IN ('csv', 'json', 'pdf')),
  CONSTRAINT report_schedules_parameters_check CHECK (jsonb_typeof(parameters) = 'object'),
  CONSTRAINT report_schedules_recipients_check CHECK (jsonb_typeof(recipients) = 'array'),
  CONSTRAINT report_schedules_frequency_check CHECK (frequency IN ('hourly', 'daily', 'weekly', 'monthly')),
  CONSTRAINT report_schedules_time_zone_check CHECK (time_zone <> '')
);
COMMENT ON TABLE public.report_schedules IS
  'Which report is made when, and for whom. Made by Sqitch change V3_013_user_features.';

-- What the processor looks for every 15 minutes.
CREATE INDEX IF NOT EXISTS idx_report_schedules_due ON public.report_schedules (next_run_at) WHERE enabled;

CREATE TABLE IF NOT EXISTS public.report_runs (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  schedule_id uuid NOT NULL,
  -- The schedule's next_run_at, and not when it was begun.
  scheduled_for timestamptz NOT NULL,
  status text NOT NULL DEFAULT 'running',
  attempts bigint NOT NULL DEFAULT 1,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  row_count bigint,
  error text,
  CONSTRAINT report_runs_pkey PRIMARY KEY (id),
  -- Two processors at once, or one that was killed and runs again, make a report once: ON CONFLICT aims at this.
  CONSTRAINT report_runs_schedule_id_scheduled_for_key UNIQUE (schedule_id, scheduled_for),
  CONSTRAINT report_runs_schedule_id_fkey FOREIGN KEY (schedule_id) REFERENCES public.report_schedules (id)
    ON DELETE CASCADE,
  CONSTRAINT report_runs_status_check CHECK (status IN ('running', 'completed', 'failed')),
  CONSTRAINT report_runs_attempts_check CHECK (attempts > 0),
  CONSTRAINT report_runs_finished_check CHECK ((status = 'running') = (finished_at IS NULL)),
  CONSTRAINT report_runs_completed_check CHECK ((status = 'completed') = (row_count IS NOT NULL) AND row_count >= 0),
  CONSTRAINT report_runs_failed_check CHECK ((status = 'failed') = (error IS NOT NULL))
);
COMMENT ON TABLE public.report_runs IS
  'Each time that a report was made. Made by Sqitch change V3_013_user_features.';

-- What is to be tried again: those that failed, and those that somebody began and perhaps never ended.
CREATE INDEX IF NOT EXISTS idx_report_runs_unfinished ON public.report_runs (started_at) WHERE status <> 'completed';

CREATE TABLE IF NOT EXISTS public.user_activity_log (
  id bigint GENERATED ALWAYS AS IDENTITY,
  user_id uuid NOT NULL,
  action text NOT NULL,
  entity_type text,
  entity_id text,
  details jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_activity_log_pkey PRIMARY KEY (id),
  CONSTRAINT user_activity_log_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users (id) ON DELETE CASCADE,
  CONSTRAINT user_activity_log_action_check CHECK (action ~ '^[a-z][a-z0-9_.]*$'),
  CONSTRAINT user_activity_log_entity_check CHECK ((entity_type IS NULL) = (entity_id IS NULL)),
  CONSTRAINT user_activity_log_details_check CHECK (jsonb_typeof(details) = 'object')
);
COMMENT ON TABLE public.user_activity_log IS
  'What users did. Made by Sqitch change V3_013_user_features.';

CREATE INDEX IF NOT EXISTS idx_user_activity_user ON public.user_activity_log (user_id, created_at);
CREATE INDEX IF NOT EXISTS idx_user_activity_created ON public.user_activity_log (created_at);

CREATE TABLE IF NOT EXISTS public.feedback_tickets (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  user_id uuid,
  ticket_type text NOT NULL,
  subject text NOT NULL,
  message text NOT NULL,
  priority text NOT NULL DEFAULT 'normal',
  status text NOT NULL DEFAULT 'open',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  CONSTRAINT feedback_tickets_pkey PRIMARY KEY (id),
  CONSTRAINT feedback_tickets_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users (id) ON DELETE SET NULL,
  CONSTRAINT feedback_tickets_ticket_type_check CHECK (ticket_type IN ('bug', 'feature', 'question', 'other')),
  CONSTRAINT feedback_tickets_texts_check CHECK (subject <> '' AND message <> ''),
  CONSTRAINT feedback_tickets_priority_check CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  CONSTRAINT feedback_tickets_status_check CHECK (status IN ('open', 'in_progress', 'closed')),
  CONSTRAINT feedback_tickets_closed_check CHECK ((status = 'closed') = (closed_at IS NOT NULL))
);
COMMENT ON TABLE public.feedback_tickets IS
  'What users told us. Made by Sqitch change V3_013_user_features.';

CREATE INDEX IF NOT EXISTS idx_feedback_tickets_user ON public.feedback_tickets (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS idx_feedback_tickets_open ON public.feedback_tickets (created_at) WHERE status <> 'closed';

REVOKE ALL ON public.user_preferences, public.notification_preferences, public.saved_filters,
  public.custom_dashboards, public.report_schedules, public.report_runs, public.user_activity_log,
  public.feedback_tickets FROM PUBLIC, pm_app, pm_read_only;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.user_preferences, public.notification_preferences, public.saved_filters,
  public.custom_dashboards, public.report_schedules, public.report_runs, public.feedback_tickets TO pm_app;
-- A log is never changed, only removed when it is old.
GRANT SELECT, INSERT, DELETE ON public.user_activity_log TO pm_app;
GRANT SELECT ON public.user_preferences, public.notification_preferences, public.saved_filters,
  public.custom_dashboards, public.report_schedules, public.report_runs, public.user_activity_log,
  public.feedback_tickets TO pm_read_only;

COMMIT;
