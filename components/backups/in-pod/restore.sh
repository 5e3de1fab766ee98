#!/bin/sh
# Restores a dump as the superuser of the PG* variables, completely or not at all.
#   restore.sh <file>
# DATABASE is the database to fill, OWNER its owner. <file>.roles names the roles that the dump refers to, one per line.
# The dump is restored into another database, which is renamed at the end. An interrupted run is started over.
set -eu
# A superuser must not run what the owner of a database has put on its search path.
export PGOPTIONS="${PGOPTIONS:-} -c search_path=pg_catalog,pg_temp"
dump=$1
here=$(cd "$(dirname "$0")" && pwd)
jobs=$(nproc)
[ "$jobs" -le 8 ] || jobs=8
restoring=${DATABASE}_restoring

query() {
  psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname="${2:-postgres}" \
    --set database="$DATABASE" --set restoring="$restoring" --set owner="$OWNER" --set role="${3:-}" <<SQL
$1
SQL
}

if [ "$(query "SELECT count(*) FROM pg_database WHERE datname = :'database'")" != 0 ]; then
  tables=$(psql --no-psqlrc --quiet --tuples-only --set ON_ERROR_STOP=1 --dbname="$DATABASE" --set schemas= --file="$here/tables.sql")
  tables=$(printf '%s' "$tables" | grep -c . || true)
  if [ "$tables" != 0 ]; then
    echo "the database $DATABASE has $tables tables already: nothing is restored over them." >&2
    echo "What to do: take the restore out of the configuration, run up, and set it again." >&2
    exit 1
  fi
fi

# A role that the stack does not make was made by hand: its password and its other rights are not in the dump.
if [ -s "$dump.roles" ]; then
  while read -r role; do
    [ "$(query "SELECT count(*) FROM pg_roles WHERE rolname = :'role'" postgres "$role")" = 0 ] || continue
    query 'CREATE ROLE :"role" NOLOGIN;' postgres "$role"
    echo "the role $role was made by hand: it is made again with its rights in this database, and without a login."
    echo "What to do, if somebody logs in as it: ALTER ROLE \"$role\" LOGIN PASSWORD '...';"
  done <"$dump.roles"
fi

query '
  SET client_min_messages = warning;
  DROP DATABASE IF EXISTS :"restoring" WITH (FORCE);
  CREATE DATABASE :"restoring" OWNER :"owner" TEMPLATE template0;'
if ! pg_restore --dbname="$restoring" --jobs="$jobs" --exit-on-error "$dump"; then
  [ -s "$dump.roles" ] ||
    echo "This dump does not name the roles that it refers to. What to do, if one is missing: CREATE ROLE ... NOLOGIN, and run up again" >&2
  exit 1
fi
query "ANALYZE;" "$restoring"

# Settings, rights and comments of the database itself, which pg_restore restores only into a database that it creates.
# The list selects them. pg_restore prints CREATE DATABASE in any case.
pg_restore --create --list "$dump" >"$dump.all"
grep -E '^[0-9]+; [0-9]+ [0-9]+ (ACL|COMMENT) - DATABASE ' "$dump.all" >"$dump.properties" || true
pg_restore --create --use-list="$dump.properties" --file="$dump.created" "$dump"
query '
  SET client_min_messages = warning;
  DROP DATABASE IF EXISTS :"database" WITH (FORCE);
  SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = :'"'restoring'"' \g /dev/null'
# One transaction renames the database and sets them. It leaves out psql's own commands, which would connect again.
{
  printf 'ALTER DATABASE :"restoring" RENAME TO :"database";\n'
  grep -vE '^(CREATE DATABASE |\\)' "$dump.created"
} >"$dump.properties"
psql --no-psqlrc --quiet --output=/dev/null --set ON_ERROR_STOP=1 --dbname=postgres --single-transaction \
  --set database="$DATABASE" --set restoring="$restoring" --file="$dump.properties"
echo "restored into $DATABASE"
