-- Included by the deploy scripts: refuses to take over a table that another made.
--
-- A migration can be killed between its COMMIT and Sqitch writing that down; the next run then finds its own table,
-- known by the comment that is set in the same transaction. A table without that comment is somebody else's: if it were
-- taken and then failed its verification, Sqitch would revert the change and so drop it with its rows.
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- the script that includes this sets them
CREATE OR REPLACE FUNCTION pg_temp.refuse_foreign_table(table_name text, change text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  existing regclass := to_regclass('public.' || quote_ident(table_name));
BEGIN
  IF existing IS NOT NULL
    AND coalesce(obj_description(existing, 'pg_class'), '') NOT LIKE '%Made by Sqitch change ' || change || '.'
  THEN
    RAISE EXCEPTION 'table % exists already and was not made by this migration: rename or remove it, then run again',
      table_name;
  END IF;
END
$$;
