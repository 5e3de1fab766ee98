#!/bin/sh
# Proves that a dump can be restored, in a scratch server in /scratch that ends with this script.
#   prove.sh <file>
# The verify scripts of all changes run on the restored database, and its tables must have the rows in <file>.rows.
# <file>.cluster.sql creates the roles. Variables: DATABASE; OWNER; PROJECT, Sqitch's; RUNSHEET_SCRATCH, the directory
# (default: /scratch).
set -eu
: "${DATABASE:?}" "${OWNER:?}" "${PROJECT:?}"
dump=$1
here=$(dirname "$0")
scratch=$(mktemp -d "${RUNSHEET_SCRATCH:-/scratch}/proof-XXXXXX")
# Debian keeps a server's programs off the PATH.
initdb=$(command -v initdb || find /usr/lib/postgresql/*/bin -name initdb | sort -V | tail -n 1)
programs=$(dirname "$initdb")

cleanup() {
  "$programs/pg_ctl" stop --silent --mode=immediate --pgdata="$scratch/data" >&2 || true
  rm -rf "$scratch"
}

if ! "$initdb" --pgdata="$scratch/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync \
  >"$scratch/log" 2>&1; then
  cat "$scratch/log" >&2
  echo "no PostgreSQL can be started to restore the dump into. What to do: set an image of CloudNativePG's kind, whose user 26 is" >&2
  echo "postgres, or dump.proof to read" >&2
  exit 1
fi
# The server needs no durability. A container's shared memory is small, so parallel workers share files.
cat >>"$scratch/data/postgresql.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$scratch'
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
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
unset PGPASSWORD PGSSLMODE PGSSLROOTCERT PGOPTIONS PGPORT
export PGHOST="$scratch" PGUSER=postgres PGDATABASE=postgres
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --file="$dump.cluster.sql"
if ! sh "$here/restore.sh" "$dump"; then
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
psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname="$DATABASE" --file="$here/rows.sql" \
  >"$scratch/rows"
if ! differing=$(diff "$dump.rows" "$scratch/rows"); then
  echo "the dump does not bring back every row, so it does not count; before (<) and after it was restored (>):" >&2
  printf '%s\n' "$differing" >&2
  exit 1
fi
sed -n '/^verified [0-9]* of/p' "$scratch/verified"
echo "restored the dump into a PostgreSQL of its own: $(grep -vc '^large objects|' "$scratch/rows") tables have the rows that they had"
