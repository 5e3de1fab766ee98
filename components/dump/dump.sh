#!/bin/sh
# Dumps the database into /dumps and proves that the dump can be read back before it counts.
#   dump.sh <name> <table that must be in it>...
# The database is in the PG* variables. A dump without its manifest beside it does not count.
set -eu

name=$1
shift
cd /dumps
dump=$name.dump
# What an interrupted run left behind is not a dump.
rm -f ./*.partial

pg_dump --format=custom --file="$dump.partial" --lock-wait-timeout=60000
taken=$(date -u +%Y-%m-%dT%H:%M:%SZ)
checksum=$(sha256sum "$dump.partial" | cut -d ' ' -f 1)

# Reads every block of the archive, not only its table of contents: a truncated dump ends here.
pg_restore --file=/dev/null "$dump.partial"
contents=$(pg_restore --list "$dump.partial")
for table in "$@"; do
  schema=${table%%.*} relation=${table##*.}
  if ! printf '%s\n' "$contents" | grep -q " TABLE $schema $relation "; then
    echo "the dump lacks the table $table: it does not count" >&2
    exit 1
  fi
done

sync "$dump.partial"
mv "$dump.partial" "$dump"
[ "$(sha256sum "$dump" | cut -d ' ' -f 1)" = "$checksum" ] || { echo "$dump changed while it was stored" >&2; exit 1; }
size=$(stat -c %s "$dump")
printf '{"dump":"%s","taken":"%s","bytes":%s,"sha256":"%s","tables":"%s"}\n' "$dump" "$taken" "$size" "$checksum" "$*" >"$dump.manifest.partial"
mv "$dump.manifest.partial" "$dump.manifest.json"
echo "verified dump $dump: $size bytes, sha256 $checksum"
