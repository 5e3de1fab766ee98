#!/bin/sh
# Dumps the database into /dumps and proves that the dump can be read back before it counts.
#   dump.sh [<name>]
# Without a name it is called after its time. The database is in the PG* variables, SYSTEM and RELEASE are for the manifest;
# RUNSHEET_DUMPS is another directory than /dumps. A dump without its manifest beside it does not count.
# A server that starts again, as for a setting of its own, is waited for, RUNSHEET_PATIENCE (60) seconds at most.
# Where there is a file "earlier", a dump has saved the same deployment: another one is taken only if a change is due, that is
# if other changes are applied than those in CHANGES, one on a line.
set -eu

dump=${1:-$(date -u +%Y%m%dT%H%M%SZ)}.dump
cd "${RUNSHEET_DUMPS:-/dumps}"
if [ -e "$dump.manifest.json" ]; then
  echo "$dump is there already, and verified: a dump is never overwritten"
  exit 0
fi
# What an interrupted run left behind is not a dump.
rm -f ./*.partial

query() {
  psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --field-separator=' ' -c "$1"
}

end=$(($(date +%s) + ${RUNSHEET_PATIENCE:-60}))
until message=$(query "SELECT 1" 2>&1); do
  if [ "$(date +%s)" -ge "$end" ]; then
    echo "the database cannot be reached: $message" >&2
    exit 1
  fi
  sleep 1
done

# Every table of the database, as the dump's table of contents names them; those of extensions come with the extension.
tables=$(query "
  SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')")
if [ -z "$tables" ]; then
  echo "the database $PGDATABASE has no table: there is nothing that a dump could save" >&2
  exit 1
fi

applied=
[ -z "$(query "SELECT to_regclass('sqitch.changes')")" ] ||
  applied=$(query "SELECT change FROM sqitch.changes ORDER BY committed_at")
if [ -e earlier ] && [ "$applied" = "$CHANGES" ]; then
  mv earlier unneeded
  exit 0
fi

# Before the dump begins: it holds everything that was committed until then, and what a restore to that point has.
taken=$(date -u +%Y-%m-%dT%H:%M:%SZ)
lsn=$(query "SELECT pg_current_wal_lsn()")
change=$(printf '%s\n' "$applied" | tail -n 1)
pg_dump --format=custom --file="$dump.partial" --lock-wait-timeout=60000
checksum=$(sha256sum "$dump.partial" | cut -d ' ' -f 1)

# Reads every block of the archive, not only its table of contents: a truncated dump ends here.
pg_restore --file=/dev/null "$dump.partial"
contents=$(pg_restore --list "$dump.partial")
printf '%s\n' "$tables" | while read -r table; do
  if ! printf '%s\n' "$contents" | grep -qF " TABLE $table "; then
    echo "the dump lacks the table $table: it does not count" >&2
    exit 1
  fi
done

sync "$dump.partial"
mv "$dump.partial" "$dump"
[ "$(sha256sum "$dump" | cut -d ' ' -f 1)" = "$checksum" ] || { echo "$dump changed while it was stored" >&2; exit 1; }
size=$(stat -c %s "$dump")
printf '{"dump":"%s","system":"%s","release":"%s","change":"%s","taken":"%s","lsn":"%s","bytes":%s,"sha256":"%s","tables":%s}\n' \
  "$dump" "$SYSTEM" "$RELEASE" "$change" "$taken" "$lsn" "$size" "$checksum" "$(printf '%s\n' "$tables" | wc -l)" \
  >"$dump.manifest.partial"
mv "$dump.manifest.partial" "$dump.manifest.json"
echo "verified dump $dump: $size bytes, sha256 $checksum"
