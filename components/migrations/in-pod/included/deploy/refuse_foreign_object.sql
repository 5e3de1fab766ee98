-- Included by the deploy scripts: refuses to take over a function, a column, an index or a trigger that another made,
-- as refuse_foreign_table.sql does for tables. A function or a trigger would be replaced; a column would fail the
-- verification, and Sqitch would then drop it with what is in it; an index likewise.
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- the script that includes this sets them
CREATE OR REPLACE FUNCTION pg_temp.refuse_foreign_function(signature text, change text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  existing regprocedure := to_regprocedure('public.' || signature);
BEGIN
  IF existing IS NOT NULL
    AND coalesce(obj_description(existing, 'pg_proc'), '') NOT LIKE '%Made by Sqitch change ' || change || '.'
  THEN
    RAISE EXCEPTION 'function % exists already and was not made by this migration: rename or remove it, then run again',
      signature;
  END IF;
END
$$;

-- A trigger of ours is one that calls the function.
CREATE OR REPLACE FUNCTION pg_temp.refuse_foreign_trigger(table_name text, trigger_name text, signature text) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  IF EXISTS (
    SELECT FROM pg_trigger
    WHERE tgrelid = to_regclass('public.' || quote_ident(table_name)) AND tgname = trigger_name
      AND tgfoid IS DISTINCT FROM to_regprocedure('public.' || signature)
  )
  THEN
    RAISE EXCEPTION
      'trigger % of % exists already and was not made by this migration: rename or remove it, then run again',
      trigger_name, table_name;
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION pg_temp.refuse_foreign_index(name text, definition text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  existing text;
BEGIN
  -- An INVALID one on the same table is what a run of ours has left.
  SELECT substring(pg_get_indexdef(indexrelid) FROM ' ON .*$') INTO existing
  FROM pg_index
  WHERE indexrelid = to_regclass('public.' || quote_ident(name))
    AND (indisvalid AND indisready OR indrelid <> to_regclass('public.' || split_part(definition, ' ', 1)));
  IF existing <> ' ON public.' || definition THEN
    RAISE EXCEPTION 'index % exists already and was not made by this migration: rename or remove it, then run again',
      name
      USING DETAIL = 'It is' || existing || '.';
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION pg_temp.refuse_foreign_column(table_name text, column_name text, change text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  described text;
BEGIN
  SELECT coalesce(col_description(attrelid, attnum), '') INTO described
  FROM pg_attribute
  WHERE attrelid = to_regclass('public.' || quote_ident(table_name)) AND attname = column_name AND NOT attisdropped;
  IF described NOT LIKE '%Made by Sqitch change ' || change || '.' THEN
    RAISE EXCEPTION
      'column % of % exists already and was not made by this migration: rename or remove it, then run again',
      column_name, table_name;
  END IF;
END
$$;
