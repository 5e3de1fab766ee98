#!/bin/sh
# Runs one step of migrations that are files of SQL, with psql:
#   migrate.sh check <tool> <change>             what is applied, before anything is changed: the files and the tool's table must
#                                                fit, and the verify scripts of changes up to that one or "any" pass
#   migrate.sh deploy <tool> <change>            one change
#   migrate.sh deploy-all <tool> <change>        all changes up to that one, each on its own: those that are applied are verified
#   migrate.sh deploy-together <tool> <change>   all changes up to that one, in one transaction
#   migrate.sh take-over <tool> <change>         no change: all up to that one must be applied
#   migrate.sh revert <tool> <change>            every change above that one, the last one first; all of them where it is "none"
#   migrate.sh verify <tool> <change>            every change that is applied and has a file; <change> must be applied, unless it is
#                                                "any"; and how many rows each table has
#   migrate.sh applied <tool> any                names of the changes that are applied
#   migrate.sh tables <tool> any                 the tables that are there, for "after"
#   migrate.sh after <tool> any                  what holds after every change, once another program has changed the schema;
#                                                /before/tables lists the tables that were there
# The files lie beside this one; the database is in the PG* variables.
set -eu

mode=$1 tool=$2 change=$3
cd "$(dirname "$0")"
# Files that are too large together for a pod's mount are compressed.
if ls ./*.gz >/dev/null 2>&1; then
  sh ./unpack.sh '' "${TMPDIR:-/tmp}/migrations"
  cd "${TMPDIR:-/tmp}/migrations"
fi
export PGCONNECT_TIMEOUT=10 PGAPPNAME="runsheet migrate" PSQLRC=/dev/null TZ=UTC

# Runs a program of psql's for a change.
run() {
  program=$1 of=$2
  shift 2
  ${with:-} psql --no-psqlrc --quiet --tuples-only --no-align --field-separator=' ' --set ON_ERROR_STOP=1 \
    --set _change="$of" --set _target="$change" --set _outside=true "$@" --file "$program"
}
# Runs one again while a table is in use.
despite_locks() (
  with="sh ./despite-locks.sh"
  run "$@"
)
# Runs one that needs the comparison of the files with the tool's table.
compared() {
  program=$1 of=$2
  shift 2
  run "$program" "$of" "$@" --file state.sql
}

if ! message=$(psql --no-psqlrc --quiet -c "SELECT 1" 2>&1 >/dev/null); then
  echo "the database cannot be reached: $message" >&2
  exit 2
fi
states=$(compared list.sql '')

# Refuses to go on from what is there; to go back, too, if the argument is "true".
refuse_problems() {
  problems=$(compared problems.sql '' --set _back="$1")
  [ -z "$problems" ] || { printf '%s\n' "$problems" >&2; exit 1; }
}

# Lists the names of the changes of a state, up to a position.
named() {
  printf '%s\n' "$states" | awk -F '|' -v state="$1" -v last="${2:-}" '$1 == state && (last == "" || $2 <= last + 0) { print $6 }'
}
field() { printf '%s\n' "$states" | awk -F '|' -v name="$1" -v field="$2" '$6 == name { print $field }'; }
state_of() { field "$1" 1; }
# The position of the change that is wanted: none for "any".
last_position() {
  case $change in
  any) ;;
  none) echo 0 ;;
  *) field "$change" 2 ;;
  esac
}

verify_applied() {
  echo "$1 is applied already"
  verified=0
  despite_locks verify.sql "$1" --file state.sql >/dev/null || verified=$?
  # Without a connection nothing is known of the schema.
  [ "$verified" != 2 ] || exit 2
  if [ "$verified" != 0 ]; then
    echo "the change $1 is recorded as applied, and its verification fails: somebody changed the schema by hand." >&2
    echo "What to do: put back what the message above names, then run up again." >&2
    exit 1
  fi
}

apply() {
  echo "applying $1"
  if despite_locks apply.sql "$1"; then return; fi
  if [ "$(field "$1" 3)" = t ]; then
    echo "the change $1 failed. It cannot run in a transaction: what it did before the message above stays, and the next run" >&2
    echo "goes on after that. What to do: mend what the message names, then run up again." >&2
  else
    echo "the change $1 failed, and nothing of it was applied." >&2
    echo "What to do: mend what the message above names, then run up again." >&2
  fi
  exit 1
}

case $mode in
applied)
  named applied
  named missing
  ;;
check)
  refuse_problems true
  cat ignored.txt
  named applied "$(last_position)" | while IFS= read -r each; do verify_applied "$each"; done
  named due "$(last_position)" | while IFS= read -r each; do echo "$each will be applied"; done
  compared building.sql ''
  ;;
tables) run tables-before.sql '' ;;
after)
  run always.sql '' --file state.sql --set _tables="$(cat "${RUNSHEET_BEFORE:-/before}/tables")"
  echo "the new tables are as configured, and no index is invalid"
  ;;
deploy)
  refuse_problems false
  if [ "$(state_of "$change")" = applied ]; then verify_applied "$change"; else apply "$change"; fi
  ;;
deploy-all)
  refuse_problems false
  named applied "$(last_position)" | while IFS= read -r each; do verify_applied "$each"; done
  named due "$(last_position)" | while IFS= read -r each; do apply "$each"; done
  ;;
deploy-together)
  refuse_problems false
  named applied "$(last_position)" | while IFS= read -r each; do verify_applied "$each"; done
  together=$(mktemp)
  {
    printf '\\i lock.sql\nBEGIN;\n'
    named due "$(last_position)" | while IFS= read -r each; do
      printf "\\\\echo applying %s\n\\\\set _change '%s'\n\\\\i change.sql\n\\\\i registry.sql\n" "$each" "$each"
    done
    echo "COMMIT;"
  } >"$together"
  if ! despite_locks "$together" ''; then
    echo "the changes are deployed in one transaction, which failed: nothing of it was applied." >&2
    echo "What to do: mend what the message above names, then run up again." >&2
    exit 1
  fi
  ;;
take-over)
  if [ "$tool" = numbers ] && [ -z "$(named applied)" ]; then
    run declare.sql '' --file state.sql
    echo "recorded the changes up to $change as applied: nothing but the configuration says so"
    states=$(compared list.sql '')
  fi
  refuse_problems false
  due=$(named due "$(last_position)" | head -n 1)
  if [ -n "$due" ]; then
    echo "refused: migrations.takenOver is $change, and $due is not applied." >&2
    echo "What to do: apply it with the tool, or set migrations.takenOver to an earlier change." >&2
    exit 1
  fi
  named applied "$(last_position)" | while IFS= read -r each; do verify_applied "$each"; done
  ;;
verify)
  if [ "$change" != any ] && [ "$(state_of "$change")" != applied ]; then
    echo "the database does not have the change $change: it is empty, or older than it should be" >&2
    exit 1
  fi
  named missing | while IFS= read -r each; do echo "not verified: $each, which is applied, and which has no file"; done
  named applied | while IFS= read -r each; do
    [ "$(field "$each" 4)" = t ] || continue
    despite_locks verify.sql "$each" --file state.sql >/dev/null
    echo "verified $each"
  done
  run invalid-index.sql '' --set _building='[]'
  scripts=$(printf '%s\n' "$states" | awk -F '|' '$1 == "applied" && $4 == "t"' | grep -c . || true)
  echo "verified $scripts of the $(printf '%s\n' "$states" | grep -cE '^(applied|missing|edited)\|' || true) changes that are applied"
  run rows-of-tables.sql ''
  ;;
revert)
  refuse_problems true
  last=$(last_position)
  printf '%s\n' "$states" | awk -F '|' -v last="$last" '$1 == "applied" && $5 != "t" && $2 > last + 0' | sort -t '|' -k 2,2nr |
    while IFS='|' read -r _ _ _ _ _ each; do
      echo "reverting $each"
      if ! despite_locks undo.sql "$each"; then
        echo "the change $each could not be taken back, and nothing of it was." >&2
        echo "What to do: mend what the message above names, then run up again." >&2
        exit 1
      fi
    done
  named applied "$last" | while IFS= read -r each; do verify_applied "$each"; done
  ;;
esac
