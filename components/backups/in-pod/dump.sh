#!/bin/sh
# Dumps a database into /dumps, and verifies the dump before it writes a manifest. Without a manifest it is not used.
#   dump.sh [<name>]
# Default of the name: the time. Variables:
#   PG*                  login that dumps DATABASE, a superuser if there is one
#   OWNER                owner of DATABASE
#   OWNER_PASSWORD       its password, where PG* is another login
#   ROLES                roles that the stack creates
#   PROJECT              what migrate.sh knows the changes by: Sqitch's project, or the tool that records them
#   SYSTEM, RELEASE      for the manifest
#   PROOF                "restore" (restored into a scratch server and verified, prove.sh) or "read" (read whole)
#   CHANGES              changes that the migrations deploy, one per line
#   SCHEMAS              schemas to dump, of a database that the stack does not make (selection.sh). Default: all of the database
#   RUNSHEET_DUMPS       directory of the dump. Default: /dumps
#   RUNSHEET_PATIENCE    time to wait for a server that restarts, in seconds. Default: 60
# The file "earlier" means that a dump has saved this deployment. Another one is then taken only if the applied changes
# differ from CHANGES.
set -eu

: "${DATABASE:?}" "${OWNER:?}" "${ROLES?}" "${PROJECT:?}" "${RELEASE?}" "${PROOF:?}"
here=$(cd "$(dirname "$0")" && pwd)
export PGDATABASE="$DATABASE"
# A superuser must not run what the owner has put on a search path, which the owner may set for the database. These options
# count before that setting. A login of schemas is no superuser, and its pooler may refuse options.
[ -n "${SCHEMAS:-}" ] || export PGOPTIONS="${PGOPTIONS:-} -c search_path=pg_catalog,pg_temp"
dump=${1:-$(date -u +%Y%m%dT%H%M%SZ)}.dump
cd "${RUNSHEET_DUMPS:-/dumps}"
if [ -e "$dump.manifest.json" ]; then
  echo "$dump is there already, and verified: a dump is never overwritten"
  exit 0
fi
# Files of an interrupted run.
rm -f ./*.partial ./*.partial.*

answers() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --field-separator=' ' "$@"; }
query() { answers -c "$1"; }
# Prints a text as JSON: whoever writes the record of the migrations chooses the names of the changes.
json() {
  answers --set text="$1" <<'SQL'
SELECT to_json(:'text'::text);
SQL
}

end=$(($(date +%s) + ${RUNSHEET_PATIENCE:-60}))
until message=$(query "SELECT 1" 2>&1); do
  if [ "$(date +%s)" -ge "$end" ]; then
    echo "the database cannot be reached: $message" >&2
    exit 1
  fi
  sleep 1
done

schemas=
# shellcheck source=components/backups/in-pod/selection.sh
if [ -n "${SCHEMAS:-}" ]; then . "$here/selection.sh"; fi

# Tables as the dump's table of contents names them.
tables=$(answers --set schemas="$schemas" --file="$here/tables.sql")
if [ -z "$tables" ]; then
  if [ -n "${SCHEMAS:-}" ]; then
    echo "the database $PGDATABASE has no table to dump"
    : >unneeded
    exit 0
  fi
  echo "the database $PGDATABASE has no table: there is nothing that a dump could save" >&2
  exit 1
fi

# The record of the migrations is the owner's. It may be a view, or have an index whose expression a reader's planner runs.
as_owner() {
  if [ -n "${OWNER_PASSWORD:-}" ]; then (export PGUSER="$OWNER" PGPASSWORD="$OWNER_PASSWORD" && "$@"); else "$@"; fi
}
applied=$(as_owner sh "$here/migrate.sh" applied "$PROJECT" any)
if [ -e earlier ] && [ "$applied" = "$CHANGES" ]; then
  mv earlier unneeded
  exit 0
fi

# Time and LSN from before the dump: everything that was committed until then is in it.
taken=$(date -u +%Y-%m-%dT%H:%M:%SZ)
lsn=$(query "SELECT pg_current_wal_lsn()")
change=$(printf '%s\n' "$applied" | tail -n 1)

# Roles that own something in the database, have a right in it or a setting for it. PostgreSQL's own are not among them.
roles=$(query "
  SELECT DISTINCT rolname FROM pg_shdepend d JOIN pg_roles r ON d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid
  JOIN pg_database b ON b.datname = current_database()
  WHERE d.dbid = b.oid OR (d.classid = 'pg_database'::regclass AND d.objid = b.oid)
  UNION SELECT rolname FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
  JOIN pg_database b ON b.oid = s.setdatabase AND b.datname = current_database() ORDER BY 1")
printf '%s' "${roles:+$roles
}" >"$dump.partial.roles"

# Names in quotation marks, within quotation marks for the shell.
only=
if [ -n "$schemas" ]; then
  only=$(printf '%s\n' "$schemas" | sed "s/\"/\"\"/g; s/'/'\\\\''/g; s/.*/--schema='\"&\"'/" | paste -sd ' ')
  only="--strict-names --blobs $only"
fi

# The rows are counted in the very snapshot that is dumped.
cat >"$dump.partial.script" <<SQL
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT FROM pg_settings, set_config(name, '0', true)
WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout') \\g /dev/null
SET LOCAL row_security = off;
SELECT pg_export_snapshot() AS snapshot \\gset
\\setenv SNAPSHOT :snapshot
\\! pg_dump --format=custom --file="$dump.partial" --snapshot="\$SNAPSHOT" --lock-wait-timeout=60000 --no-password $only || echo failed >"$dump.partial.failed"
\\i $here/rows.sql
COMMIT;
SQL
answers --set schemas="$schemas" --field-separator='|' --file="$dump.partial.script" >"$dump.partial.rows"
[ ! -e "$dump.partial.failed" ] || exit 1
checksum=$(sha256sum "$dump.partial" | cut -d ' ' -f 1)

# Reads every block of the archive, not only its table of contents: a truncated dump ends here.
pg_restore --file=/dev/null "$dump.partial"
pg_restore --list "$dump.partial" >"$dump.partial.contents"
printf '%s\n' "$tables" >"$dump.partial.tables"
# A line ends with the owner, and any of the names may have a space.
lacking=$(awk '
  NR == FNR { lacking[$0]; next }
  sub(/^[0-9]+; [0-9]+ [0-9]+ TABLE /, "") { for (i = 1; i <= length; i++) if (substr($0, i, 1) == " ") delete lacking[substr($0, 1, i - 1)] }
  END { for (table in lacking) print table }' "$dump.partial.tables" "$dump.partial.contents" | sort | head -n 1)
if [ -n "$lacking" ]; then
  echo "the dump lacks the table $lacking: it does not count" >&2
  exit 1
fi

proven="read"
if [ "$PROOF" = restore ]; then
  sh "$here/prove.sh" "$PWD/$dump.partial"
  proven=restored
fi

if [ -n "$schemas" ] && ! sh "$here/replace.sh" check "$PWD/$dump.partial" 2>&1; then
  echo "It counts all the same. Mend that before a restore is needed"
fi

sync "$dump.partial"
mv "$dump.partial" "$dump"
[ "$(sha256sum "$dump" | cut -d ' ' -f 1)" = "$checksum" ] || { echo "$dump changed while it was stored" >&2; exit 1; }
size=$(stat -c %s "$dump")
names=$(query "SELECT coalesce(json_agg(name), '[]') FROM unnest(string_to_array(\$names\$$roles\$names\$, E'\n')) AS name")
# Assigned one by one: a command that fails within the arguments of another would go unnoticed.
database=$(json "$PGDATABASE")
release=$(json "$RELEASE")
change=$(json "$change")
rows=$(awk -F '|' '$1 != "large objects" { sum += $2 } END { printf "%.0f", sum }' "$dump.partial.rows")
selection=
[ -z "$schemas" ] || selection=",\"selection\":$(selection_json)"
printf '{"dump":"%s","system":"%s","database":%s,"release":%s,"change":%s,"taken":"%s","lsn":"%s","bytes":%s,"sha256":"%s","tables":%s,"rows":%s,"roles":%s,"proof":"%s"%s}\n' \
  "$dump" "$SYSTEM" "$database" "$release" "$change" "$taken" "$lsn" "$size" "$checksum" "$(printf '%s\n' "$tables" | wc -l)" "$rows" "$names" "$proven" "$selection" \
  >"$dump.manifest.partial"
mv "$dump.manifest.partial" "$dump.manifest.json"
rm -f ./*.partial.*
echo "verified dump $dump: $size bytes, sha256 $checksum"
