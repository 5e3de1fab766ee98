-- Included by the deploy scripts: builds an index after their COMMIT, while the table is in use. CONCURRENTLY can be neither in
-- a transaction nor in a function, so this returns statements for \gexec. Where all changes are one transaction, it is not
-- CONCURRENTLY. An INVALID index, which a run that failed or was killed has left, is built again.
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- the script that includes this sets them
CREATE OR REPLACE FUNCTION pg_temp.build_index(kind text, index_name text, definition text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
  how text := CASE WHEN pg_current_xact_id_if_assigned() IS NULL THEN 'CONCURRENTLY ' ELSE '' END;
  existing regclass := to_regclass('public.' || quote_ident(index_name));
  other text := (
    SELECT indrelid::regclass FROM pg_index
    WHERE indexrelid = existing AND indrelid <> to_regclass('public.' || split_part(definition, ' ', 1))
  );
  is_valid boolean := (SELECT indisvalid AND indisready FROM pg_index WHERE indexrelid = existing);
BEGIN
  IF other IS NOT NULL THEN
    RAISE EXCEPTION 'index % exists already, and is one of %: rename or remove it, then run again', index_name, other;
  END IF;
  IF NOT is_valid THEN
    RETURN NEXT format('DROP INDEX %spublic.%I', how, index_name);
  END IF;
  IF is_valid IS NOT TRUE THEN
    RETURN NEXT format('CREATE %s %s%I ON public.%s', kind, how, index_name, definition);
  END IF;
END
$$;
