#!/bin/sh
# Replaces the contents of a dump's schemas in a database that is there, completely or not at all.
#   replace.sh check <file>      reports everything that would make it fail, and changes nothing
#   replace.sh restore <file>
# <file> is a dump of schemas, with the files beside it that its manifest has (selection.sh). The PG* variables are a login
# that owns what is in the schemas. Other variables:
#   STAND_INS            "true" in a scratch server, whose other schemas have no rows to refer to
#   RUNSHEET_PATIENCE    time to wait for locks, in seconds. Default: 60
# <file>.state is "replaced" if the database has the dump's contents, and "unknown" if nobody knows.
set -eu
mode=$1 FILE=$2
here=$(cd "$(dirname "$0")" && pwd)
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
export FILE WORK
schemas=$(cat "$FILE.schemas")

query() {
  psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --set schemas="$schemas" --set here="$here" "$@"
}

# The dump's entries: without schemas that are there, what is not the login's to change of them, functions that event triggers
# call, and the foreign keys that are restored apart.
query >"$WORK/begins" <<'SQL'
SELECT DISTINCT format('%s%s %s%s()', kind, nspname, "of", proname) FROM pg_event_trigger
JOIN pg_proc p ON p.oid = evtfoid JOIN pg_namespace n ON n.oid = pronamespace,
  (VALUES ('FUNCTION ', ''), ('ACL ', 'FUNCTION '), ('COMMENT ', 'FUNCTION ')) AS kinds (kind, "of")
WHERE nspname = ANY (string_to_array(:'schemas', E'\n'))
UNION ALL
SELECT kind || nspname FROM pg_namespace, (VALUES ('SCHEMA - '), ('ACL - SCHEMA '), ('COMMENT - SCHEMA ')) AS kinds (kind)
WHERE nspname = ANY (string_to_array(:'schemas', E'\n')) AND (kind = 'SCHEMA - ' OR NOT pg_has_role(nspowner, 'USAGE'));
SQL
cat "$FILE.entries" >>"$WORK/begins"
query -c "SELECT rolname FROM pg_roles WHERE NOT pg_has_role(oid, 'USAGE')" >"$WORK/others"
pg_restore --list "$FILE" >"$WORK/contents"
awk '
  FILENAME == ARGV[1] { begins[$0]; next }
  FILENAME == ARGV[2] { others[$0]; next }
  /^;/ { next }
  {
    entry = $0
    sub(/^[0-9]+; [0-9]+ [0-9]+ /, "", entry)
    for (begin in begins) if (index(entry, begin " ") == 1) next
    if (entry ~ /^DEFAULT ACL /) for (role in others) if (substr(entry, length(entry) - length(role)) == " " role) next
    print
  }' "$WORK/begins" "$WORK/others" "$WORK/contents" >"$WORK/list"

# Reports each line of `found` as a problem, with this end.
report() { printf '%s' "$found" | awk -v end="${1:-}" '{ print "  " $0 end }' >>"$WORK/problems"; }

# Tells whether the server has too few locks for a transaction that drops and makes all of this. Each table, index, sequence and
# view has at least one; what belongs to them, such as their types, has more.
locks() {
  made=$(grep -cE '^[0-9]+; [0-9]+ [0-9]+ (TABLE|FOREIGN TABLE|VIEW|MATERIALIZED VIEW|SEQUENCE|INDEX|CONSTRAINT) ' "$WORK/list" || true)
  query --set made="$made" <<'SQL'
WITH server AS (
  SELECT current_setting('max_locks_per_transaction')::bigint AS locks, sum(setting::bigint) + 1 AS sessions FROM pg_settings
  WHERE name IN ('max_connections', 'max_prepared_transactions', 'autovacuum_max_workers', 'autovacuum_worker_slots',
    'max_worker_processes', 'max_wal_senders')
), here AS (
  SELECT c.oid, reltoastrelid FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE nspname = ANY (string_to_array(:'schemas', E'\n')) AND relkind <> 'c'
), needed AS (
  SELECT :made + count(*) + 2 * count(*) FILTER (WHERE reltoastrelid <> 0) AS locks FROM here
)
SELECT format('the server has %s locks, and the restore needs at least %s in one transaction: set max_locks_per_transaction to %s '
  'or more (it is %s), and restart the server', s.locks * sessions, n.locks, ceil(4.0 * n.locks / sessions / 64) * 64, s.locks)
FROM server s, needed n WHERE n.locks > s.locks * sessions;
SQL
}

check() {
  : >"$WORK/problems"
  # pg_restore gives what it makes to its owner, who must be one whom the login can become.
  can_become=$(query -c "SELECT CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END")
  owners=$(awk '!/ BLOBS - / { print $NF }' "$WORK/list" | sort -u)
  found=$(query --set owners="$owners" --set roles="$(cat "$FILE.roles")" --set can_become="$can_become" <<'SQL'
SELECT 'the database takes no writes: transaction_read_only is on' WHERE current_setting('transaction_read_only') = 'on'
UNION ALL
SELECT format('the role %s does not exist, and the dump refers to it: CREATE ROLE %1$I NOLOGIN', name)
FROM unnest(string_to_array(:'roles', E'\n')) AS name WHERE name <> '' AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
UNION ALL
SELECT format('%s cannot make objects of %s, whom some in the dump belong to: GRANT %I TO %I', current_user, rolname, rolname, current_user)
FROM pg_roles WHERE rolname = ANY (string_to_array(:'owners', E'\n')) AND NOT pg_has_role(oid, :'can_become')
UNION ALL
SELECT format('the schema %s does not exist, and %s may make none: GRANT CREATE ON DATABASE %I TO %I', name, current_user, current_database(), current_user)
FROM unnest(string_to_array(:'schemas', E'\n')) AS name
WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = name) AND NOT has_database_privilege(current_database(), 'CREATE')
UNION ALL
SELECT format('%s belongs to %s, so that %s cannot replace it', pg_describe_object(class, object, 0), pg_get_userbyid(owner), current_user)
FROM (
  SELECT 'pg_class'::regclass, oid, relnamespace, relowner FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  UNION ALL SELECT 'pg_proc'::regclass, oid, pronamespace, proowner FROM pg_proc
  UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace, typowner FROM pg_type WHERE typtype IN ('e', 'd', 'r')
) AS owned (class, object, schema, owner) JOIN pg_namespace n ON n.oid = schema
WHERE nspname = ANY (string_to_array(:'schemas', E'\n')) AND NOT pg_has_role(owner, 'USAGE')
  AND NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtfoid = object)
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = class AND d.objid = object AND d.objsubid = 0
    AND d.deptype IN ('e', 'i'));
SQL
  )
  report
  found=$(locks)
  report
  found=$(query --set part=other --file="$here/dependents.sql")
  report " depends on what is replaced, and the restore could not make it again: drop it, or have its schema in the dumps"
  found=$(query --set part=lacks --file="$here/dependents.sql")
  report " to be made again"
  pg_restore --use-list="$WORK/list" --section=pre-data --section=post-data --file="$WORK/schema" "$FILE"
  found=$(sed -n 's/^SET SESSION AUTHORIZATION \(.*\);$/\1/p' "$WORK/schema" | grep -v DEFAULT | sort -u)
  report " granted rights in the dump without owning what they are for, which only a superuser can restore"
  [ -s "$WORK/problems" ] || return 0
  echo "the dump cannot be restored into the database $PGDATABASE:" >&2
  cat "$WORK/problems" >&2
  exit 1
}

# Tells whether a transaction whose end nobody saw was committed.
outcome() {
  [ -s "$WORK/transaction" ] || { echo aborted && return; }
  for _ in $(seq 60); do
    status=$(query -c "SELECT pg_xact_status('$(cat "$WORK/transaction")')" 2>/dev/null) || status=unknown
    case $status in committed | aborted) break ;; esac
    sleep 1
  done
  echo "$status"
}

restore() {
  status=committed
  echo unknown >"$FILE.state"
  # A signal ends the programs, and this script says what state they left.
  trap : INT TERM
  # PostgreSQL before 17 does not know the setting.
  { pg_restore --use-list="$WORK/list" --file=- "$FILE" && : >"$WORK/whole"; } | sed '1,60 { /^SET transaction_timeout = 0;$/d }' |
    query --single-transaction --set patience="${RUNSHEET_PATIENCE:-60}" --set stand_ins="${STAND_INS:-false}" \
      --output=/dev/null --file="$here/replace-begin.sql" --file=- --file="$here/replace-end.sql" || status=$(outcome)
  case $status in
  committed) ;;
  aborted)
    [ ! -s "$WORK/differing" ] || { echo "before (<) and after it was restored (>):" && cat "$WORK/differing"; } >&2
    rm "$FILE.state"
    echo "nothing was restored: the database $PGDATABASE is as it was" >&2
    exit 1
    ;;
  *)
    echo "the connection to the database $PGDATABASE was lost at the end of the restore: it is as it was, or it has the dump's contents" >&2
    exit 1
    ;;
  esac
  echo replaced >"$FILE.state"
  query --output=/dev/null <<'SQL'
SELECT format('ANALYZE %I.%I', nspname, relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'p', 'm') AND nspname = ANY (string_to_array(:'schemas', E'\n')) \gexec
SQL
  echo "restored $(grep -vc '^large objects|' "$FILE.rows" || true) tables into $PGDATABASE: $(paste -sd ' ' "$FILE.schemas")"
}

check
[ "$mode" = check ] || restore
