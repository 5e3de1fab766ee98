-- Roles of a Supabase project, with their settings and memberships. Run by supabase_admin, the bootstrap superuser.
-- psql variables: password, of every role that logs in; pooler_password, of the role pgbouncer.
-- Source: the tests of github.com/supabase/postgres (nix/tests/expected/roles.out) and dumps of hosted projects.
SELECT current_setting('server_version_num')::int >= 160000 AS since16 \gset
SET client_min_messages = 'warning';

-- The customer's login. It is no superuser.
CREATE ROLE postgres LOGIN CREATEDB CREATEROLE REPLICATION BYPASSRLS PASSWORD :'password';

-- PostgREST logs in as authenticator, and becomes the role that the token names.
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE service_role BYPASSRLS;
CREATE ROLE authenticator LOGIN NOINHERIT PASSWORD :'password';

-- Logins of the platform's own services.
CREATE ROLE supabase_auth_admin LOGIN NOINHERIT CREATEROLE PASSWORD :'password';
CREATE ROLE supabase_storage_admin LOGIN NOINHERIT CREATEROLE PASSWORD :'password';
CREATE ROLE supabase_realtime_admin NOINHERIT;
CREATE ROLE supabase_replication_admin LOGIN REPLICATION;
CREATE ROLE supabase_etl_admin LOGIN REPLICATION BYPASSRLS;
CREATE ROLE supabase_read_only_user LOGIN BYPASSRLS;
CREATE ROLE supabase_privileged_role;
CREATE ROLE dashboard_user CREATEDB CREATEROLE REPLICATION;
CREATE ROLE pgbouncer LOGIN PASSWORD :'pooler_password';

ALTER ROLE anon SET statement_timeout = '3s';
ALTER ROLE authenticated SET statement_timeout = '8s';
ALTER ROLE authenticator SET statement_timeout = '8s';
ALTER ROLE authenticator SET lock_timeout = '8s';
-- The backslash is there at Supabase: the schema `\$user` never exists.
ALTER ROLE postgres SET search_path = '\$user', public, extensions;
ALTER ROLE supabase_admin SET search_path = '$user', public, auth, extensions;
ALTER ROLE supabase_admin SET log_statement = 'none';
ALTER ROLE supabase_auth_admin SET search_path = auth;
ALTER ROLE supabase_auth_admin SET idle_in_transaction_session_timeout = 60000;
ALTER ROLE supabase_auth_admin SET log_statement = 'none';
ALTER ROLE supabase_storage_admin SET search_path = storage;
ALTER ROLE supabase_storage_admin SET log_statement = 'none';
ALTER ROLE supabase_read_only_user SET default_transaction_read_only = on;

GRANT pg_monitor, pg_read_all_data TO supabase_etl_admin, supabase_read_only_user;
GRANT supabase_privileged_role TO postgres, supabase_etl_admin;
\if :since16
GRANT anon, authenticated, service_role TO authenticator WITH INHERIT FALSE;
GRANT authenticator TO supabase_storage_admin WITH INHERIT FALSE;
GRANT anon, authenticated, service_role, authenticator, pg_monitor, pg_read_all_data, pg_signal_backend,
  pg_create_subscription TO postgres WITH ADMIN TRUE, INHERIT TRUE;
\else
GRANT anon, authenticated, service_role TO authenticator;
GRANT authenticator TO supabase_storage_admin;
GRANT anon, authenticated, service_role, pg_monitor, pg_read_all_data, pg_signal_backend TO postgres;
\endif

-- Settings that the module supautils lets postgres change.
GRANT SET ON PARAMETER session_replication_role, log_min_messages, log_statement, log_min_duration_statement,
  log_lock_waits, log_temp_files, track_io_timing, wal_compression TO postgres;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() TO postgres;
