#!/bin/bash
# Copies the rows that were written into a database since a snapshot of it into a table of another database:
#   keep-apart.sh <snapshot> <schema> <table>
# The snapshot is one of the first database (pg_current_snapshot). FROM_PG* log in there, PG* where the table is made, both
# as superuser. Prints the number of rows of each table, as "COUNT TABLE".
#
# A row counts if the transaction that wrote it is not visible in the snapshot: inserts and new versions, whatever the
# tables look like by now. What was deleted since is not listed: the database that was restored has it again.
set -euo pipefail
snapshot=$1 schema=$2 table=$3
export PGOPTIONS="-c search_path=pg_catalog,pg_temp -c statement_timeout=0 -c client_min_messages=warning"
client() {
  psql --no-psqlrc --quiet --tuples-only --no-align --field-separator=' ' --set ON_ERROR_STOP=1 \
    --set snapshot="$snapshot" --set schema="$schema" --set table="$table" "$@"
}

written_since=$(mktemp) kept=$(mktemp) counts=$(mktemp)
trap 'rm -f "$written_since" "$kept" "$counts"' EXIT
cat >"$written_since" <<'SQL'
BEGIN ISOLATION LEVEL REPEATABLE READ;
-- A row has the lower 32 bits of its transaction's number. The upper ones are those of the next transaction, or one less.
CREATE FUNCTION pg_temp.whole(short xid) RETURNS xid8 LANGUAGE sql STABLE RETURN (
  SELECT greatest(3, CASE WHEN whole > next + 2147483648 THEN whole - 4294967296 ELSE whole END)::text::xid8
  FROM (SELECT next, ((next >> 32) << 32) + short::text::bigint AS whole
    FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next) AS a) AS b);
SELECT coalesce(
  string_agg(
    format('SELECT %L, pg_temp.whole(t.xmin), to_jsonb(t) FROM ONLY %I.%I AS t WHERE t.xmin::text::bigint >= 3'
      ' AND NOT pg_visible_in_snapshot(pg_temp.whole(t.xmin), %L)',
      format('%I.%I', nspname, relname), nspname, relname, :'snapshot'),
    ' UNION ALL ' ORDER BY nspname, relname),
  'SELECT WHERE false') AS query
FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'r' AND relpersistence <> 't' AND nspname !~ '^pg_'
  AND nspname NOT IN ('information_schema', 'sqitch', :'schema')
\gset
COPY (:query) TO STDOUT;
COMMIT;
SQL
cat >"$kept" <<'SQL'
CREATE SCHEMA IF NOT EXISTS :"schema";
DROP TABLE IF EXISTS :"schema".:"table";
CREATE TABLE :"schema".:"table" (table_name text NOT NULL, transaction xid8 NOT NULL, data jsonb NOT NULL);
SQL
cat >"$counts" <<'SQL'
SELECT count(*), table_name FROM :"schema".:"table" GROUP BY table_name ORDER BY table_name;
SQL

# Only --command lets COPY read this program's input.
PGHOST=$FROM_PGHOST PGPORT=$FROM_PGPORT PGDATABASE=$FROM_PGDATABASE PGUSER=$FROM_PGUSER PGPASSWORD=${FROM_PGPASSWORD:-} \
  client --file="$written_since" |
  client --single-transaction --file="$kept" --command="COPY \"$schema\".\"$table\" FROM STDIN" --file="$counts"
