#!/bin/sh
# Runs one step of a system's migrations with Sqitch, in the order that keeps a bad day small:
#   migrate.sh deploy <project> <change>
#   migrate.sh revert <project> <target>
# The Sqitch project lies where RUNSHEET_PROJECT says, else in /runsheet with __ for / in its files' names; the database is
# in the PG* variables.
set -eu

mode=$1 project=$2 change=$3

if [ -z "${RUNSHEET_PROJECT:-}" ]; then
  RUNSHEET_PROJECT=/tmp/project
  mkdir -p /tmp/project/deploy /tmp/project/verify /tmp/project/revert
  for file in /runsheet/project__*; do
    cp "$file" "/tmp/$(basename "$file" | sed 's|__|/|g')"
  done
fi
cd "$RUNSHEET_PROJECT"
# Not SQITCH_USERNAME: it would be the database user as well.
export SQITCH_FULLNAME=Runsheet SQITCH_EMAIL=runsheet@localhost TZ=UTC
export PGCONNECT_TIMEOUT=10 PGAPPNAME="runsheet migrate $change" PSQLRC=/dev/null
target="db:pg:"

query() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"; }

# The changes that are applied, one on a line. A query that fails ends the script: it must never pass for "none".
applied() {
  registry=$(query -c "SELECT to_regclass('sqitch.changes') IS NOT NULL") || exit 1
  [ "$registry" = t ] || return 0
  query --set project="$project" <<'SQL' || exit 1
SELECT change FROM sqitch.changes WHERE project = :'project';
SQL
}

# `deploy` does not notice that an applied script was edited; `check` does.
refuse_edited() {
  [ -n "$changes" ] || return 0
  if ! report=$(sqitch check --target "$target" 2>&1); then
    printf '%s\n' "$report" >&2
    edited=$(printf '%s\n' "$report" | sed -n 's/.*[Ss]cript signatures diverge at change \([^ ]*\).*/\1/p' | head -n 1)
    echo "refused: the change ${edited:-of the plan} is applied already, and its deploy script is not the one that was applied." >&2
    echo "What to do: take the edit back, and put what is to be different into a new change of the plan." >&2
    exit 1
  fi
}

if ! message=$(query -c "SELECT 1" 2>&1); then
  echo "the database cannot be reached: $message" >&2
  exit 1
fi
changes=$(applied)
refuse_edited

deployed() { printf '%s\n' "$changes" | grep -qxF -- "$1"; }

case $mode in
deploy)
  if deployed "$change"; then
    echo "$change is applied already"
    if ! query --file "verify/$change.sql"; then
      echo "the change $change is recorded as applied, and its verification fails: somebody changed the schema by hand." >&2
      echo "What to do: put back what the message above names, then run up again." >&2
      exit 1
    fi
  else
    sqitch deploy --target "$target" --to "$change" --verify
  fi
  ;;
revert)
  # Back to a target that nothing above is applied on: there is nothing to take back.
  if deployed "$change"; then
    sqitch revert --target "$target" --to "$change" -y
    sqitch verify --target "$target" --to "$change"
  else
    echo "$change is not applied: nothing to revert"
  fi
  ;;
esac
