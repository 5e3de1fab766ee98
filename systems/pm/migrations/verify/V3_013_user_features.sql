-- Verify pm:V3_013_user_features on pg
BEGIN;
\ir expectations.sql
\ir pm_expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('user_preferences',
    'user_id uuid not null',
    'theme text not null default ''system''::text',
    'language text not null default ''en''::text',
    'time_zone text not null default ''UTC''::text',
    'settings jsonb not null default ''{}''::jsonb',
    'created_at timestamp with time zone not null default now()',
    'updated_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('user_preferences', 'user_preferences_pkey', 'PRIMARY KEY (user_id)');
  PERFORM pg_temp.expect_constraint('user_preferences', 'user_preferences_user_id_fkey',
    'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('user_preferences', 'user_preferences_theme_check',
    $check$CHECK ((theme = ANY (ARRAY['light'::text, 'dark'::text, 'system'::text])))$check$);
  PERFORM pg_temp.expect_constraint('user_preferences', 'user_preferences_language_check',
    $check$CHECK ((language ~ '^[a-z]{2}(-[A-Z]{2})?$'::text))$check$);
  PERFORM pg_temp.expect_constraint('user_preferences', 'user_preferences_time_zone_check',
    $check$CHECK ((time_zone <> ''::text))$check$);
  PERFORM pg_temp.expect_constraint('user_preferences', 'user_preferences_settings_check',
    $check$CHECK ((jsonb_typeof(settings) = 'object'::text))$check$);

  PERFORM pg_temp.expect_table('notification_preferences',
    'id uuid not null default gen_random_uuid()',
    'user_id uuid not null',
    'channel text not null',
    'event_type text not null',
    'enabled boolean not null default true',
    'frequency text not null default ''immediate''::text',
    'created_at timestamp with time zone not null default now()',
    'updated_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('notification_preferences', 'notification_preferences_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('notification_preferences',
    'notification_preferences_user_id_channel_event_type_key', 'UNIQUE (user_id, channel, event_type)');
  PERFORM pg_temp.expect_constraint('notification_preferences', 'notification_preferences_user_id_fkey',
    'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('notification_preferences', 'notification_preferences_channel_check',
    $check$CHECK ((channel = ANY (ARRAY['email'::text, 'slack'::text, 'in_app'::text])))$check$);
  PERFORM pg_temp.expect_constraint('notification_preferences', 'notification_preferences_event_type_check',
    $check$CHECK ((event_type ~ '^[a-z][a-z0-9_.]*$'::text))$check$);
  PERFORM pg_temp.expect_constraint('notification_preferences', 'notification_preferences_frequency_check',
    $check$CHECK ((frequency = ANY (ARRAY['immediate'::text, 'daily'::text, 'weekly'::text])))$check$);

  PERFORM pg_temp.expect_table('saved_filters',
    'id uuid not null default gen_random_uuid()',
    'user_id uuid not null',
    'name text not null',
    'entity_type text not null',
    'filter jsonb not null',
    'is_shared boolean not null default false',
    'created_at timestamp with time zone not null default now()',
    'updated_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('saved_filters', 'saved_filters_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('saved_filters', 'saved_filters_user_id_entity_type_name_key',
    'UNIQUE (user_id, entity_type, name)');
  PERFORM pg_temp.expect_constraint('saved_filters', 'saved_filters_user_id_fkey',
    'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('saved_filters', 'saved_filters_name_check',
    $check$CHECK ((name <> ''::text))$check$);
  PERFORM pg_temp.expect_constraint('saved_filters', 'saved_filters_entity_type_check',
    $check$CHECK ((entity_type = ANY (ARRAY['signal'::text, 'opportunity'::text])))$check$);
  PERFORM pg_temp.expect_constraint('saved_filters', 'saved_filters_filter_check',
    $check$CHECK ((jsonb_typeof(filter) = 'object'::text))$check$);

  PERFORM pg_temp.expect_index('saved_filters', 'idx_saved_filters_shared', '{entity_type,name}', 'is_shared');

  PERFORM pg_temp.expect_table('custom_dashboards',
    'id uuid not null default gen_random_uuid()',
    'user_id uuid not null',
    'name text not null',
    'layout jsonb not null default ''[]''::jsonb',
    'is_default boolean not null default false',
    'created_at timestamp with time zone not null default now()',
    'updated_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('custom_dashboards', 'custom_dashboards_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('custom_dashboards', 'custom_dashboards_user_id_name_key',
    'UNIQUE (user_id, name)');
  PERFORM pg_temp.expect_constraint('custom_dashboards', 'custom_dashboards_user_id_fkey',
    'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('custom_dashboards', 'custom_dashboards_name_check',
    $check$CHECK ((name <> ''::text))$check$);
  PERFORM pg_temp.expect_constraint('custom_dashboards', 'custom_dashboards_layout_check',
    $check$CHECK ((jsonb_typeof(layout) = 'array'::text))$check$);

  PERFORM pg_temp.expect_unique_index('custom_dashboards', 'idx_custom_dashboards_default', '{user_id}', 'is_default');

  PERFORM pg_temp.expect_table('report_schedules',
    'id uuid not null default gen_random_uuid()',
    'user_id uuid not null',
    'name text not null',
    'report_type text not null',
    'format text not null default ''csv''::text',
    'parameters jsonb not null default ''{}''::jsonb',
    'recipients jsonb not null default ''[]''::jsonb',
    'frequency text not null',
    'time_zone text not null default ''UTC''::text',
    'enabled boolean not null default true',
    'next_run_at timestamp with time zone not null',
    'last_run_at timestamp with time zone',
    'created_at timestamp with time zone not null default now()',
    'updated_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('report_schedules', 'report_schedules_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('report_schedules', 'report_schedules_user_id_name_key', 'UNIQUE (user_id, name)');
  PERFORM pg_temp.expect_constraint('report_schedules', 'report_schedules_user_id_fkey',
    'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('report_schedules', 'report_schedules_name_check',
    $check$CHECK ((name <> ''::text))$check$);
  PERFORM pg_temp.expect_constraint('report_schedules', 'report_schedules_report_type_check',
    $check$CHECK ((report_type = ANY (ARRAY['signals'::text, 'opportunities'::text, 'costs'::text, 'observability'::text])))$check$);
  PERFORM pg_temp.expect_constraint('report_schedules', 'report_schedules_format_check',
    $check$CHECK ((format = ANY (ARRAY['csv'::text, 'json'::text, 'pdf'::text])))$check$);
  PERFORM pg_temp.expect_constraint('report_schedules', 'report_schedules_parameters_check',
    $check$CHECK ((jsonb_typeof(parameters) = 'object'::text))$check$);
  PERFORM pg_temp.expect_constraint('report_schedules', 'report_schedules_recipients_check',
    $check$CHECK ((jsonb_typeof(recipients) = 'array'::text))$check$);
  PERFORM pg_temp.expect_constraint('report_schedules', 'report_schedules_frequency_check',
    $check$CHECK ((frequency = ANY (ARRAY['hourly'::text, 'daily'::text, 'weekly'::text, 'monthly'::text])))$check$);
  PERFORM pg_temp.expect_constraint('report_schedules', 'report_schedules_time_zone_check',
    $check$CHECK ((time_zone <> ''::text))$check$);

  PERFORM pg_temp.expect_index('report_schedules', 'idx_report_schedules_due', '{next_run_at}', 'enabled');

  PERFORM pg_temp.expect_table('report_runs',
    'id uuid not null default gen_random_uuid()',
    'schedule_id uuid not null',
    'scheduled_for timestamp with time zone not null',
    'status text not null default ''running''::text',
    'attempts bigint not null default 1',
    'started_at timestamp with time zone not null default now()',
    'finished_at timestamp with time zone',
    'row_count bigint',
    'error text');

  PERFORM pg_temp.expect_constraint('report_runs', 'report_runs_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('report_runs', 'report_runs_schedule_id_scheduled_for_key',
    'UNIQUE (schedule_id, scheduled_for)');
  PERFORM pg_temp.expect_constraint('report_runs', 'report_runs_schedule_id_fkey',
    'FOREIGN KEY (schedule_id) REFERENCES public.report_schedules(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('report_runs', 'report_runs_status_check',
    $check$CHECK ((status = ANY (ARRAY['running'::text, 'completed'::text, 'failed'::text])))$check$);
  PERFORM pg_temp.expect_constraint('report_runs', 'report_runs_attempts_check', 'CHECK ((attempts > 0))');
  PERFORM pg_temp.expect_constraint('report_runs', 'report_runs_finished_check',
    $check$CHECK (((status = 'running'::text) = (finished_at IS NULL)))$check$);
  PERFORM pg_temp.expect_constraint('report_runs', 'report_runs_completed_check',
    $check$CHECK ((((status = 'completed'::text) = (row_count IS NOT NULL)) AND (row_count >= 0)))$check$);
  PERFORM pg_temp.expect_constraint('report_runs', 'report_runs_failed_check',
    $check$CHECK (((status = 'failed'::text) = (error IS NOT NULL)))$check$);

  PERFORM pg_temp.expect_index('report_runs', 'idx_report_runs_unfinished', '{started_at}',
    $condition$status <> 'completed'::text$condition$);

  PERFORM pg_temp.expect_table('user_activity_log',
    'id bigint not null generated always as identity',
    'user_id uuid not null',
    'action text not null',
    'entity_type text',
    'entity_id text',
    'details jsonb not null default ''{}''::jsonb',
    'created_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('user_activity_log', 'user_activity_log_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('user_activity_log', 'user_activity_log_user_id_fkey',
    'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('user_activity_log', 'user_activity_log_action_check',
    $check$CHECK ((action ~ '^[a-z][a-z0-9_.]*$'::text))$check$);
  PERFORM pg_temp.expect_constraint('user_activity_log', 'user_activity_log_entity_check',
    'CHECK (((entity_type IS NULL) = (entity_id IS NULL)))');
  PERFORM pg_temp.expect_constraint('user_activity_log', 'user_activity_log_details_check',
    $check$CHECK ((jsonb_typeof(details) = 'object'::text))$check$);

  PERFORM pg_temp.expect_index('user_activity_log', 'idx_user_activity_created', '{created_at}');
  PERFORM pg_temp.expect_index('user_activity_log', 'idx_user_activity_user', '{user_id,created_at}');

  PERFORM pg_temp.expect_table('feedback_tickets',
    'id uuid not null default gen_random_uuid()',
    'user_id uuid',
    'ticket_type text not null',
    'subject text not null',
    'message text not null',
    'priority text not null default ''normal''::text',
    'status text not null default ''open''::text',
    'created_at timestamp with time zone not null default now()',
    'updated_at timestamp with time zone not null default now()',
    'closed_at timestamp with time zone');

  PERFORM pg_temp.expect_constraint('feedback_tickets', 'feedback_tickets_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('feedback_tickets', 'feedback_tickets_user_id_fkey',
    'FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL');
  PERFORM pg_temp.expect_constraint('feedback_tickets', 'feedback_tickets_ticket_type_check',
    $check$CHECK ((ticket_type = ANY (ARRAY['bug'::text, 'feature'::text, 'question'::text, 'other'::text])))$check$);
  PERFORM pg_temp.expect_constraint('feedback_tickets', 'feedback_tickets_texts_check',
    $check$CHECK (((subject <> ''::text) AND (message <> ''::text)))$check$);
  PERFORM pg_temp.expect_constraint('feedback_tickets', 'feedback_tickets_priority_check',
    $check$CHECK ((priority = ANY (ARRAY['low'::text, 'normal'::text, 'high'::text, 'urgent'::text])))$check$);
  PERFORM pg_temp.expect_constraint('feedback_tickets', 'feedback_tickets_status_check',
    $check$CHECK ((status = ANY (ARRAY['open'::text, 'in_progress'::text, 'closed'::text])))$check$);
  PERFORM pg_temp.expect_constraint('feedback_tickets', 'feedback_tickets_closed_check',
    $check$CHECK (((status = 'closed'::text) = (closed_at IS NOT NULL)))$check$);

  PERFORM pg_temp.expect_index('feedback_tickets', 'idx_feedback_tickets_open', '{created_at}',
    $condition$status <> 'closed'::text$condition$);
  PERFORM pg_temp.expect_index('feedback_tickets', 'idx_feedback_tickets_user', '{user_id}', 'user_id IS NOT NULL');

  PERFORM pg_temp.expect_privileges(made, 'pm_app', 'SELECT, INSERT, UPDATE, DELETE'),
    pg_temp.expect_privileges(made, 'pm_read_only', 'SELECT'),
    pg_temp.expect_privileges(made, 'public', '')
  FROM unnest(ARRAY[
    'user_preferences', 'notification_preferences', 'saved_filters', 'custom_dashboards', 'report_schedules',
    'report_runs', 'feedback_tickets'
  ]) AS made;
  PERFORM pg_temp.expect_privileges('user_activity_log', 'pm_app', 'SELECT, INSERT, DELETE');
  PERFORM pg_temp.expect_privileges('user_activity_log', 'pm_read_only', 'SELECT');
  PERFORM pg_temp.expect_privileges('user_activity_log', 'public', '');
END
$$;
ROLLBACK;
