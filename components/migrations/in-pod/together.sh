# shellcheck shell=sh disable=SC2154
# Part of migrate.sh: deploys several changes in one transaction.

# Takes their transactions from the scripts of a change.
without_transactions() {
  sed -i -E 's/^\s*(BEGIN|COMMIT)\s*;\s*(--.*)?$/-- &/I' "deploy/$1.sql"
  verify_by_savepoint "$1"
}

# One script of several changes: the scripts' own transactions give way to one around all, with a savepoint around each
# verification, which takes back what it did. The program made sure beforehand that these lines are all that the scripts
# say of transactions (single-transaction.ts). Lines keep their numbers, so that an error names the right one.
together() {
  cat <<'SQL'
BEGIN;
SET LOCAL lock_timeout = '60s';
-- Sqitch's own lock of a deployment: it prevents concurrent runs.
SELECT pg_advisory_xact_lock(75474063) \g /dev/null
SQL
  for each in "$@"; do
    without_transactions "$each"
    # Each verification makes errors terse.
    cat <<SQL
\\echo '  + $each'
\\set VERBOSITY default
\\include deploy/$each.sql
\\include verify/$each.sql
SQL
  done
  echo "COMMIT;"
}

# If a run was killed between its commit and Sqitch's record, the next one runs the scripts again, which is safe.
deploy_together() {
  scripts=$(mktemp -d)
  trap 'rm -rf "$scripts"' EXIT
  cp -R deploy verify "$scripts"
  (cd "$scripts" && together "$@" >together.sql)
  if ! (cd "$scripts" && despite_locks query --file together.sql); then
    echo "the changes are deployed in one transaction, which failed: nothing of it was applied." >&2
    echo "What to do: mend what the message above names, then run up again." >&2
    exit 1
  fi
  sqitch deploy --target "$target" --to "$change" --log-only --no-verify
}
