-- Row-level security for every new table of public, as the dashboard's option adds it. Run by supabase_admin.
SET client_min_messages = 'warning';

CREATE FUNCTION public.rls_auto_enable() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  created record;
BEGIN
  FOR created IN
    SELECT object_identity FROM pg_event_trigger_ddl_commands()
    WHERE schema_name = 'public' AND object_type IN ('table', 'partitioned table')
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', created.object_identity);
  END LOOP;
END
$$;
ALTER FUNCTION public.rls_auto_enable() OWNER TO postgres;
CREATE EVENT TRIGGER ensure_rls ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
  EXECUTE FUNCTION public.rls_auto_enable();
-- At Supabase the customer owns it. Without the module supautils an event trigger's new owner must be a superuser.
ALTER ROLE postgres SUPERUSER;
ALTER EVENT TRIGGER ensure_rls OWNER TO postgres;
ALTER ROLE postgres NOSUPERUSER;
