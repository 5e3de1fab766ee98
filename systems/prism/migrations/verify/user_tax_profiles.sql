-- Verify prism:user_tax_profiles on pg
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('user_tax_profiles',
    'user_id uuid not null',
    'profile_type text not null',
    'is_vat_registered boolean not null default false',
    'annual_turnover numeric(18,2)',
    'signals jsonb not null default ''{}''::jsonb',
    'ai_confidence numeric(4,3) not null',
    'detected_at timestamp with time zone not null default now()',
    'confirmed_at timestamp with time zone',
    'updated_at timestamp with time zone not null default now()');
  PERFORM pg_temp.expect_table('profile_corrections',
    'id uuid not null default gen_random_uuid()',
    'user_id uuid not null',
    'field_name text not null',
    'detected_value text',
    'corrected_value text',
    'created_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('user_tax_profiles', 'user_tax_profiles_pkey', 'PRIMARY KEY (user_id)');
  PERFORM pg_temp.expect_constraint('user_tax_profiles', 'user_tax_profiles_user_id_fkey',
    'FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('user_tax_profiles', 'user_tax_profiles_profile_type_check',
    $check$CHECK ((profile_type = ANY (ARRAY['employee'::text, 'freelancer'::text, 'sole_proprietor'::text, 'company'::text, 'mixed'::text])))$check$);
  PERFORM pg_temp.expect_constraint('user_tax_profiles', 'user_tax_profiles_annual_turnover_check',
    'CHECK ((annual_turnover >= (0)::numeric))');
  PERFORM pg_temp.expect_constraint('user_tax_profiles', 'user_tax_profiles_signals_check',
    $check$CHECK ((jsonb_typeof(signals) = 'object'::text))$check$);
  PERFORM pg_temp.expect_constraint('user_tax_profiles', 'user_tax_profiles_ai_confidence_check',
    'CHECK (((ai_confidence >= (0)::numeric) AND (ai_confidence <= (1)::numeric)))');
  PERFORM pg_temp.expect_constraint('profile_corrections', 'profile_corrections_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('profile_corrections', 'profile_corrections_user_id_fkey',
    'FOREIGN KEY (user_id) REFERENCES public.user_tax_profiles(user_id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('profile_corrections', 'profile_corrections_field_name_check',
    $check$CHECK ((field_name <> ''::text))$check$);
  PERFORM pg_temp.expect_constraint('profile_corrections', 'profile_corrections_value_check',
    'CHECK ((detected_value IS DISTINCT FROM corrected_value))');

  PERFORM pg_temp.expect_index('user_tax_profiles', 'idx_user_tax_profiles_confidence', '{ai_confidence}');
  PERFORM pg_temp.expect_index('profile_corrections', 'idx_profile_corrections_user', '{user_id,created_at}');
  PERFORM pg_temp.expect_index('profile_corrections', 'idx_profile_corrections_field', '{field_name}');

  PERFORM pg_temp.expect_row_security('user_tax_profiles');
  PERFORM pg_temp.expect_policy('user_tax_profiles', 'user_tax_profiles_select_own', 'SELECT', 'authenticated',
    'user_id = (SELECT auth.uid())');
  PERFORM pg_temp.expect_policy('user_tax_profiles', 'user_tax_profiles_service', 'ALL', 'service_role');
  PERFORM pg_temp.expect_policy('user_tax_profiles', 'user_tax_profiles_read_only', 'SELECT', 'prism_read_only');
  PERFORM pg_temp.expect_no_other_policy('user_tax_profiles', ARRAY[
    'user_tax_profiles_read_only',
    'user_tax_profiles_select_own',
    'user_tax_profiles_service'
  ]);
  PERFORM pg_temp.expect_privileges('user_tax_profiles', 'anon', '');
  PERFORM pg_temp.expect_privileges('user_tax_profiles', 'authenticated', 'SELECT');
  PERFORM pg_temp.expect_privileges('user_tax_profiles', 'service_role', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('user_tax_profiles', 'prism_read_only', 'SELECT');

  PERFORM pg_temp.expect_row_security('profile_corrections');
  PERFORM pg_temp.expect_policy('profile_corrections', 'profile_corrections_select_own', 'SELECT', 'authenticated',
    'user_id = (SELECT auth.uid())');
  PERFORM pg_temp.expect_policy('profile_corrections', 'profile_corrections_insert_own', 'INSERT', 'authenticated',
    'user_id = (SELECT auth.uid())');
  PERFORM pg_temp.expect_policy('profile_corrections', 'profile_corrections_service', 'ALL', 'service_role');
  PERFORM pg_temp.expect_policy('profile_corrections', 'profile_corrections_read_only', 'SELECT', 'prism_read_only');
  PERFORM pg_temp.expect_no_other_policy('profile_corrections', ARRAY[
    'profile_corrections_insert_own',
    'profile_corrections_read_only',
    'profile_corrections_select_own',
    'profile_corrections_service'
  ]);
  PERFORM pg_temp.expect_privileges('profile_corrections', 'anon', '');
  PERFORM pg_temp.expect_privileges('profile_corrections', 'authenticated', 'SELECT, INSERT');
  PERFORM pg_temp.expect_privileges('profile_corrections', 'service_role', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('profile_corrections', 'prism_read_only', 'SELECT');
END
$$;
ROLLBACK;
