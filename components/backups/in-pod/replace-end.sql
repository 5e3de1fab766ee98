-- Last part of a restore into a database that is there: refuses a restore that broke off or that differs from the dump, restores
-- what the dump's contents have to do with the rest of the database, and gives the login its default privileges again.
-- The environment has FILE, the dump, and WORK, a directory.
\set whole `test -e "$WORK/whole" && echo true || echo false`
\if :whole
\else
DO $$ BEGIN RAISE EXCEPTION 'pg_restore broke off'; END $$;
\endif
\set rows `echo "$WORK/rows"`
\o :rows
\i :here/rows.sql
\o /dev/null
\set same `diff "$FILE.rows" "$WORK/rows" >"$WORK/differing" && echo true || echo false`
\if :same
\else
DO $$ BEGIN RAISE EXCEPTION 'the restored tables do not have the rows of the dump'; END $$;
\endif
\set file `echo "$FILE"`
\if :stand_ins
\i :here/stand-ins.sql
\i :file.stand-ins.sql
\endif
\i :file.keys.sql
\i :file.dependents.sql
:default_privileges
:event_triggers
\o
SELECT rtrim(said, E'\n') FROM current_setting('runsheet.said', true) AS said WHERE said <> '';
