#!/bin/sh
# Runs one step of a system's migrations with Sqitch:
#   migrate.sh deploy <project> <change>
#   migrate.sh deploy-all <project> <target>         all changes up to the target, each on its own: those that are applied are
#                                                    verified, the others are deployed
#   migrate.sh deploy-together <project> <target>    all changes up to the target, in one transaction
#   migrate.sh revert <project> <target>             every change above the target; all of them where it is "none"
#   migrate.sh check <project> <change>              every change that is applied, up to that one or "any", before anything is
#                                                    changed; refused if the database has a change that the project lacks,
#                                                    or a table of another's where a change that is due makes one
#   migrate.sh mend <project> <change>               the same, and what somebody took away is put back by the deploy script
#                                                    of its change, which must be safe to repeat. A table or a column is not:
#                                                    no script brings back what was in it
#   migrate.sh verify <project> <change>             every change that is applied and that the project has, and how many rows
#                                                    each table has; <change> must be applied, unless it is "any"
#   migrate.sh applied <project> any                 names of the changes that are applied
# The Sqitch project lies where RUNSHEET_PROJECT says, else beside this file as unpack.sh takes it; the database is in the PG*
# variables.
set -eu

mode=$1 project=$2 change=$3
programs=$(cd "$(dirname "$0")" && pwd)

if [ -z "${RUNSHEET_PROJECT:-}" ]; then
  sh "$programs/unpack.sh" project__ "${TMPDIR:-/tmp}/migrations"
  RUNSHEET_PROJECT=${TMPDIR:-/tmp}/migrations/project
fi
cd "$RUNSHEET_PROJECT"
# Not SQITCH_USERNAME: it would be the database user as well.
export SQITCH_FULLNAME=Runsheet SQITCH_EMAIL=runsheet@localhost TZ=UTC
export PGCONNECT_TIMEOUT="${PGCONNECT_TIMEOUT:-10}" PGAPPNAME="runsheet migrate $change" PSQLRC=/dev/null
target="db:pg:"
# Before 16, libpq has no word for the authorities that the image trusts.
major=$(psql --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
if [ "${PGSSLROOTCERT:-}" = system ] && [ "$major" -lt 16 ]; then
  export PGSSLROOTCERT=/etc/ssl/certs/ca-certificates.crt
fi

query() { ${again:-} psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"; }
# Runs a program, or query, again while a table is in use.
despite_locks() (
  again="sh $programs/despite-locks.sh"
  [ "$1" = query ] || exec $again "$@"
  "$@"
)

# The changes that are applied, each on a line with its deploy script's SHA-1. A query that fails ends the script: it must
# never pass for "none".
applied() {
  registry=$(query -c "SELECT to_regclass('sqitch.changes') IS NOT NULL") || exit
  [ "$registry" = t ] || return 0
  query --field-separator=' ' --set project="$project" <<'SQL' || exit
SELECT change, script_hash FROM sqitch.changes WHERE project = :'project' ORDER BY committed_at;
SQL
}

# `sqitch deploy` does not notice that an applied script was edited. `sqitch check` does, and takes as long as most changes;
# the checksums that it compares are in its record. superseded.sha1 has those of former scripts that made the same database.
refuse_edited() {
  [ -n "$changes" ] || return 0
  scripts=$(printf '%s\n' "$changes" | sed 's|^\([^ ]*\) \(.*\)$|\2  deploy/\1.sql|')
  if [ -f superseded.sha1 ]; then
    scripts=$(printf '%s\n' "$scripts" | grep -vxFf superseded.sha1) || return 0
  fi
  ! differing=$(printf '%s\n' "$scripts" | LC_ALL=C sha1sum --check --quiet 2>/dev/null) || return 0
  edited=${differing%%.sql:*} edited=${edited#deploy/}
  if [ -f "deploy/$edited.sql" ]; then
    echo "refused: the change $edited is applied already, and its deploy script is not the one that was applied." >&2
    echo "What to do: take the edit back, and put what is to be different into a new change of the plan." >&2
  else
    echo "refused: the change $edited is applied, and the project has none of that name: it is older than the database." >&2
    echo "What to do: run up with a project that has it. There schema.target takes it back, if it is not wanted." >&2
  fi
  exit 1
}

if ! message=$(query -c "SELECT 1" 2>&1); then
  echo "the database cannot be reached: $message" >&2
  exit 2
fi
changes=$(applied)
# A restored database may differ from the project, which is no error.
[ "$mode" = verify ] || [ "$mode" = applied ] || refuse_edited

# Refuses a table or a view of another's that has the name of one which the change makes. A deploy script would find it in the
# middle of the run, or take it over: one that going back keeps. What a change made has its mark in the comment.
refuse_foreign() {
  mark="Made by Sqitch change $1."
  grep -qF "$mark" "deploy/$1.sql" || return 0
  made=$(sed -n -E 's/^COMMENT ON (TABLE|MATERIALIZED VIEW) public\.([A-Za-z0-9_]+) IS.*/\2/p' "deploy/$1.sql")
  foreign=$(
    query --set made="$made" --set mark="$mark" <<'SQL'
SELECT string_agg(relname, ', ' ORDER BY relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relname = ANY (string_to_array(:'made', E'\n'))
  AND right(coalesce(obj_description(oid, 'pg_class'), ''), length(:'mark')) <> :'mark';
SQL
  ) || exit
  [ -n "$foreign" ] || return 0
  echo "refused: $foreign exists already and was not made by the change $1." >&2
  echo "What to do: rename or remove it, then run up again. If migrations of your own made it, name them: migrations." >&2
  return 1
}

# Runs Sqitch, and again while a table is in use, if each script of the input may run again. Those that may are in repeatable.txt:
# all that Runsheet ships, and every other that is one transaction. Another one would do twice what it did before the lock.
sqitch_on() {
  if [ -f repeatable.txt ] && ! grep -qvxFf repeatable.txt; then despite_locks sqitch "$@"; else sqitch "$@"; fi
}

deploy() { echo "deploy/$1.sql" | sqitch_on deploy --target "$target" --to "$1" --verify; }

names() { printf '%s\n' "$changes" | cut -d ' ' -f 1; }

# Scripts that revert the changes of the input.
reverts() { sed 's|.*|revert/&.sql|'; }

deployed() { names | grep -qxF -- "$1"; }

verify_applied() {
  echo "$1 is applied already"
  verified=0
  despite_locks query --file "verify/$1.sql" || verified=$?
  # Without a connection nothing is known of the schema.
  [ "$verified" != 2 ] || exit 2
  if [ "$verified" != 0 ]; then
    echo "the change $1 is recorded as applied, and its verification fails: somebody changed the schema by hand." >&2
    if [ "$mode" = mend ]; then
      if mend "$1"; then return; fi
      kept="Nothing of that was kept."
      has_outside "$1" && kept="What it had committed is kept."
      echo "its deploy script ran again, and did not put it back: see above. $kept" >&2
    fi
    echo "What to do: put back what the message above names, then run up again." >&2
    return 1
  fi
}

# The plan's changes up to the one that is wanted, one on a line.
planned() {
  sed -n 's/^[[:space:]]*\([^%#@[:space:]][^[:space:]]*\).*/\1/p' sqitch.plan | while read -r each; do
    echo "$each"
    [ "$each" != "$change" ] || break
  done
}

refuse_unplanned() {
  planned | grep -qxF -- "$change" || {
    echo "the plan has no change $change" >&2
    exit 1
  }
}

# Makes a savepoint of a verification's transaction, which is taken back.
verify_by_savepoint() {
  sed -i -E 's/^\s*BEGIN\s*;\s*(--.*)?$/SAVEPOINT verifying;/I
    s/^\s*ROLLBACK\s*;\s*(--.*)?$/ROLLBACK TO SAVEPOINT verifying; RELEASE SAVEPOINT verifying;/I' "verify/$1.sql"
}

# shellcheck source=components/migrations/in-pod/mend.sh
if [ "$mode" = mend ]; then . "$programs/mend.sh"; fi
# shellcheck source=components/migrations/in-pod/together.sh
if [ "$mode" = deploy-together ]; then . "$programs/together.sh"; fi

case $mode in
applied) printf '%s' "${changes:+$changes
}" | cut -d ' ' -f 1 ;;
check | mend)
  # Later changes are reverted, so a fault in them is no error. "none" is before the first.
  [ "$change" != none ] || exit 0
  failed=
  for each in $(planned); do
    # All faults are named, not only the first.
    if deployed "$each"; then verify_applied "$each" || failed=1; else refuse_foreign "$each" || failed=1; fi
  done
  [ -z "$failed" ] || exit 1
  ;;
deploy)
  if deployed "$change"; then
    verify_applied "$change"
  else
    refuse_foreign "$change"
    deploy "$change"
  fi
  ;;
deploy-all)
  refuse_unplanned
  for each in $(planned); do
    if deployed "$each"; then verify_applied "$each"; else deploy "$each"; fi
  done
  ;;
deploy-together)
  refuse_unplanned
  set --
  for each in $(planned); do
    if deployed "$each"; then verify_applied "$each"; else set -- "$@" "$each"; fi
  done
  [ $# -eq 0 ] || deploy_together "$@"
  ;;
verify)
  if [ "$change" != any ] && ! deployed "$change"; then
    echo "the database does not have the change $change: it is empty, or older than it should be" >&2
    exit 1
  fi
  count=0
  for each in $(names); do
    if [ ! -f "verify/$each.sql" ]; then
      echo "not verified: $each, which is applied, and which the project does not have"
      continue
    fi
    despite_locks query --output=/dev/null --file "verify/$each.sql"
    echo "verified $each"
    count=$((count + 1))
  done
  echo "verified $count of the $(printf '%s' "$changes" | grep -c .) changes that are applied"
  # Counts the tables that the owner can read completely. Others do not belong to the migrations.
  query --field-separator=' ' <<'SQL'
SELECT format('SELECT ''rows'', %L, count(*) FROM %s', nspname || '.' || relname, c.oid::regclass)
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname !~ '^(pg_|information_schema$|sqitch$)'
  AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid)
ORDER BY nspname, relname \gexec
SQL
  ;;
revert)
  # Nothing is reverted without applied changes above the target. "none" is before the first change.
  if [ "$change" = none ]; then
    [ -z "$changes" ] || names | reverts | sqitch_on revert --target "$target" -y
  elif deployed "$change"; then
    kept=$(names | grep -nxF -- "$change" | cut -d : -f 1)
    names | tail -n "+$((kept + 1))" | reverts | sqitch_on revert --target "$target" --to "$change" -y
    despite_locks sqitch verify --target "$target" --to "$change"
  else
    echo "$change is not applied: nothing to revert"
  fi
  ;;
esac
