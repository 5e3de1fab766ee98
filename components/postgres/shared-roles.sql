-- Finds or creates roles that several systems on one server use. They belong to none of them, so that nothing drops them.
-- Run by the administrator. The setting runsheet.roles has their names, with commas between them.
SET search_path = '';
SET lock_timeout = '5s';
SET statement_timeout = '60s';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY string_to_array(current_setting('runsheet.roles'), ',') LOOP
    IF to_regrole(quote_ident(name)) IS NULL THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I', name);
      EXCEPTION
        -- Another system's task was faster.
        WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
  END LOOP;
END
$$;
