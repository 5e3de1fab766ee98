-- Included by the revert scripts: drops what a change made on a table that stays, and keeps what it found there
-- (mark_found.sql), without the mark in its comment.
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- the script that includes this sets them
CREATE OR REPLACE FUNCTION pg_temp.drop_ours(what text, described text, change text, statement text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  mark text := format('Found by Sqitch change %s.', change);
BEGIN
  IF described LIKE '%' || mark THEN
    EXECUTE format('COMMENT ON %s IS %L', what, nullif(rtrim(replace(described, mark, '')), ''));
  ELSE
    EXECUTE statement;
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION pg_temp.drop_our_index(index_name text, change text) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM pg_temp.drop_ours(format('INDEX public.%I', index_name), obj_description(indexrelid, 'pg_class'), change,
    format('DROP INDEX public.%I', index_name))
  FROM pg_index WHERE indexrelid = to_regclass('public.' || quote_ident(index_name));
END
$$;

CREATE OR REPLACE FUNCTION pg_temp.drop_our_trigger(table_name text, trigger_name text, change text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  what text := format('TRIGGER %I ON public.%I', trigger_name, table_name);
BEGIN
  PERFORM pg_temp.drop_ours(what, obj_description(oid, 'pg_trigger'), change, 'DROP ' || what)
  FROM pg_trigger WHERE tgrelid = to_regclass('public.' || quote_ident(table_name)) AND tgname = trigger_name;
END
$$;

CREATE OR REPLACE FUNCTION pg_temp.drop_our_constraint(table_name text, constraint_name text, change text) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM pg_temp.drop_ours(format('CONSTRAINT %I ON public.%I', constraint_name, table_name),
    obj_description(oid, 'pg_constraint'), change,
    format('ALTER TABLE public.%I DROP CONSTRAINT %I', table_name, constraint_name))
  FROM pg_constraint
  WHERE conrelid = to_regclass('public.' || quote_ident(table_name)) AND conname = constraint_name;
END
$$;
