-- Lets a table of a scratch server have rows of which only the key is known.
CREATE FUNCTION pg_temp.take_stand_ins(target regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  required name;
BEGIN
  EXECUTE format('ALTER TABLE %s DISABLE TRIGGER ALL', target);
  FOR required IN
    SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = target AND attnum > 0 AND attnotnull AND NOT attisdropped
      AND attidentity = '' AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_index WHERE indrelid = target AND indisprimary AND attnum = ANY (indkey))
  LOOP
    EXECUTE format('ALTER TABLE %s ALTER %I DROP NOT NULL', target, required);
  END LOOP;
END
$$;
