-- Included by the deploy scripts of changes to a table that was there before: marks what has a name of ours already, in its
-- comment, so that reverting keeps it (drop_ours.sql). It has to be as we make it, or is refused: it would fail the
-- verification, and Sqitch would then drop it. Only for the first time that a script runs: what an interrupted run of it
-- has left is its own.
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- the script that includes this sets them
CREATE OR REPLACE FUNCTION pg_temp.mark_found(what text, described text, existing text, expected text, change text)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  IF existing <> expected THEN
    RAISE EXCEPTION '% exists already and is not as this migration makes it: rename or remove it, then run again', what
      USING DETAIL = format('It is "%s", expected "%s".', existing, expected);
  ELSIF existing IS NOT NULL THEN
    EXECUTE format('COMMENT ON %s IS %L', what, concat_ws(' ', described, format('Found by Sqitch change %s.', change)));
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION pg_temp.mark_found_index(index_name text, definition text, change text) RETURNS void
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
  PERFORM pg_temp.mark_found(format('INDEX public.%I', index_name), obj_description(indexrelid, 'pg_class'),
    regexp_replace(pg_get_indexdef(indexrelid), 'INDEX \S+ ON', 'INDEX ON'), definition, change)
  FROM pg_index
  WHERE indexrelid = to_regclass('public.' || quote_ident(index_name)) AND indisvalid AND indisready;
END
$$;

CREATE OR REPLACE FUNCTION pg_temp.mark_found_trigger(table_name text, trigger_name text, definition text, change text)
RETURNS void
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
  PERFORM pg_temp.mark_found(format('TRIGGER %I ON public.%I', trigger_name, table_name),
    obj_description(oid, 'pg_trigger'), regexp_replace(pg_get_triggerdef(oid), 'TRIGGER \S+ (.*) ON \S+ ', 'TRIGGER \1 '),
    definition, change)
  FROM pg_trigger WHERE tgrelid = to_regclass('public.' || quote_ident(table_name)) AND tgname = trigger_name;
END
$$;

CREATE OR REPLACE FUNCTION pg_temp.mark_found_constraint(
  table_name text, constraint_name text, definition text, change text
)
RETURNS void
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
  PERFORM pg_temp.mark_found(format('CONSTRAINT %I ON public.%I', constraint_name, table_name),
    obj_description(oid, 'pg_constraint'), regexp_replace(pg_get_constraintdef(oid), ' NOT VALID$', ''), definition, change)
  FROM pg_constraint
  WHERE conrelid = to_regclass('public.' || quote_ident(table_name)) AND conname = constraint_name;
END
$$;
