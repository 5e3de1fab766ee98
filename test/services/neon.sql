-- Roles and database of a Neon project. Run by cloud_admin, the bootstrap superuser, in the database postgres.
-- psql variables: password, of the owner; pooler_password, of cloud_admin.
-- Source: github.com/neondatabase/neon (compute_tools/src/sql and compute_tools/src/migrations), neon.com/docs/manage/roles.
SELECT current_setting('server_version_num')::int >= 160000 AS since16 \gset
SET client_min_messages = 'warning';

ALTER ROLE cloud_admin PASSWORD :'pooler_password';
CREATE ROLE neon_superuser NOLOGIN CREATEDB CREATEROLE REPLICATION BYPASSRLS
  IN ROLE pg_read_all_data, pg_write_all_data;
GRANT pg_monitor, pg_signal_backend TO neon_superuser WITH ADMIN OPTION;
\if :since16
GRANT pg_create_subscription TO neon_superuser;
\endif
CREATE ROLE neon_service LOGIN CREATEDB CREATEROLE;

-- Role of the console, the API and the CLI. Roles made by SQL have none of this.
CREATE ROLE neondb_owner LOGIN CREATEDB CREATEROLE REPLICATION BYPASSRLS PASSWORD :'password' IN ROLE neon_superuser;
CREATE DATABASE neondb OWNER neondb_owner;
GRANT ALL ON DATABASE neondb TO neon_superuser;
-- Settings of the server at Neon. Those of the platform's extension tell which project and branch it is.
ALTER DATABASE neondb SET idle_in_transaction_session_timeout = '5min';
ALTER DATABASE neondb SET neon.project_id = 'test-project-12345678';
ALTER DATABASE neondb SET neon.branch_id = 'br-test-branch-12345678';

-- The platform's own database.
CREATE SCHEMA neon;
CREATE TABLE public.health_check (id serial PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now());

\connect neondb
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO neon_superuser WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON SEQUENCES TO neon_superuser WITH GRANT OPTION;
