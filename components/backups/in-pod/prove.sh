#!/bin/sh
# Proves that a dump can be restored, in a scratch server in /scratch that ends with this script.
#   prove.sh <file>
# The verify scripts of all changes run on the restored database, and its tables must have the rows in <file>.rows. A dump of
# schemas (<file>.schemas) is restored beside the rest of the database (surroundings.sh). Variables: PG* and DATABASE, the
# database; OWNER; ROLES, those that the stack creates; PROJECT, as of dump.sh; RUNSHEET_SCRATCH, the directory (default:
# /scratch).
set -eu
: "${DATABASE:?}" "${OWNER:?}" "${ROLES?}" "${PROJECT:?}"
dump=$1
here=$(cd "$(dirname "$0")" && pwd)

answers() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"; }
query() { answers -c "$1"; }

# The roles that the stack makes, without passwords: nobody but this pod reaches the server that they are made in. Others are made as
# a restore makes them. Where the stack makes no roles, all are there before a restore.
ours="rolname = ANY (string_to_array('$ROLES', ' '))"
superuser=postgres
if [ -e "$dump.schemas" ]; then
  ours="rolname !~ '^pg_'"
  superuser=runsheet_proof
  # shellcheck source=components/backups/in-pod/surroundings.sh
  . "$here/surroundings.sh"
  read_surroundings
else
  query "SELECT setting FROM pg_settings WHERE name = 'shared_preload_libraries'" >"$dump.libraries"
fi
query "
  SELECT format('CREATE ROLE %I %s %s %s;', rolname, CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
    CASE WHEN rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END)
  FROM pg_roles WHERE $ours ORDER BY oid" >"$dump.cluster.sql"
query "
  SELECT DISTINCT format('GRANT %I TO %I;', r.rolname, m.rolname) FROM pg_auth_members
  JOIN pg_roles r ON r.oid = roleid JOIN (SELECT oid, rolname FROM pg_roles WHERE $ours) m ON m.oid = member
  WHERE r.rolname ~ '^pg_' OR r.$ours" >>"$dump.cluster.sql"

scratch=$(mktemp -d "${RUNSHEET_SCRATCH:-/scratch}/proof-XXXXXX")
# Debian keeps a server's programs off the PATH.
initdb=$(command -v initdb || find /usr/lib/postgresql/*/bin -name initdb | sort -V | tail -n 1)
programs=$(dirname "$initdb")

cleanup() {
  "$programs/pg_ctl" stop --silent --mode=immediate --pgdata="$scratch/data" >&2 || true
  rm -rf "$scratch"
}

if ! "$initdb" --pgdata="$scratch/data" --username="$superuser" --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync \
  >"$scratch/log" 2>&1; then
  cat "$scratch/log" >&2
  echo "no PostgreSQL can be started to restore the dump into. What to do: set an image of CloudNativePG's kind, whose user 26 is" >&2
  echo "postgres, or dump.proof to read" >&2
  exit 1
fi
# The server needs no durability, and locks for thousands of tables that one transaction makes. A container's shared memory is small, so parallel workers share files.
cat >>"$scratch/data/postgresql.conf" <<SETTINGS
listen_addresses = ''
port = 5432
unix_socket_directories = '$scratch'
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
max_connections = 40
max_locks_per_transaction = 2048
max_wal_size = 512MB
maintenance_work_mem = 64MB
dynamic_shared_memory_type = mmap
autovacuum = off
shared_preload_libraries = '$(cat "$dump.libraries")'
SETTINGS
if ! "$programs/pg_ctl" start --silent --wait --pgdata="$scratch/data" --log="$scratch/log"; then
  cat "$scratch/log" >&2
  exit 1
fi
trap cleanup EXIT

# The client's variables are those of the database that was dumped.
unset PGPASSWORD PGSSLMODE PGSSLROOTCERT PGSSLNEGOTIATION PGCHANNELBINDING PGREQUIREAUTH PGGSSENCMODE PGTARGETSESSIONATTRS \
  PGOPTIONS PGPORT
export PGHOST="$scratch" PGUSER="$superuser" PGDATABASE=postgres
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --file="$dump.cluster.sql"

restore() { if [ -e "$dump.schemas" ]; then restore_with_surroundings; else sh "$here/restore.sh" "$dump"; fi; }
if ! restore; then
  echo "the dump cannot be restored, so it does not count. What to do: mend what the message above names in the database $DATABASE." >&2
  echo "If this image lacks an extension that the server has: set another image, or dump.proof to read" >&2
  exit 1
fi

if ! PGUSER=$OWNER PGDATABASE=$DATABASE sh "$here/migrate.sh" verify "$PROJECT" any >"$scratch/verified" 2>&1; then
  cat "$scratch/verified" >&2
  echo "what was restored from the dump is not what the verify scripts expect, so it does not count. What to do: look whether" >&2
  echo "the database $DATABASE itself is: it may have been changed by hand" >&2
  exit 1
fi
PGOPTIONS="-c search_path=pg_catalog,pg_temp" psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 \
  --single-transaction --dbname="$DATABASE" --set schemas="$(cat "$dump.schemas" 2>/dev/null || true)" --file="$here/rows.sql" >"$scratch/rows"
if ! differing=$(diff "$dump.rows" "$scratch/rows"); then
  echo "the dump does not bring back every row, so it does not count; before (<) and after it was restored (>):" >&2
  printf '%s\n' "$differing" >&2
  exit 1
fi
sed -n '/^verified [0-9]* of/p' "$scratch/verified"
echo "restored the dump into a PostgreSQL of its own: $(grep -vc '^large objects|' "$scratch/rows") tables have the rows that they had"
