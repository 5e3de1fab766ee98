#!/bin/sh
# Restores the dump that was brought to /dumps/restored.dump into the empty database of the PG* variables: all of it or nothing.
set -eu
cd "${RUNSHEET_DUMPS:-/dumps}"
tables=$(psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 -c "
  SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')")
if [ "$tables" != 0 ]; then
  echo "the database $PGDATABASE has $tables tables already, as after a restore that was interrupted when it was done." >&2
  echo "What to do: take the restore out of the configuration, run up, and set it again." >&2
  exit 1
fi
# Extensions are there, made by who may: the owner of the database may not even comment on them.
# Two commands and no pipe, in which the first one's failure would go unseen.
pg_restore --list restored.dump >all
grep -v ' EXTENSION ' all >contents
pg_restore --dbname="$PGDATABASE" --use-list=contents --single-transaction --exit-on-error restored.dump
rm restored.dump
echo "restored into $PGDATABASE"
