#!/bin/sh
# Runs a command, and again after longer and longer pauses for as long as it fails because a table was in use. A change waits for
# a lock for a few seconds only (lock_timeout), since everybody else waits behind it; on a busy table a later try gets it.
# Patience ends after RUNSHEET_LOCK_PATIENCE seconds, 600 by default. What failed is known by PostgreSQL's messages in English:
# psql shows no SQLSTATE without changing every message, and only a superuser may set lc_messages.
set -u
patience=${RUNSHEET_LOCK_PATIENCE:-600} started=$(date +%s) pause=1
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
while :; do
  # Errors are shown as they come, and kept.
  { { "$@" 2>&1 >&3; echo $? >"$directory/status"; } | tee "$directory/errors" >&2; } 3>&1
  status=$(cat "$directory/status" || echo 1)
  [ "$status" != 0 ] && grep -qE 'canceling statement due to lock timeout|deadlock detected' "$directory/errors" || exit "$status"
  if [ $(($(date +%s) - started + pause)) -gt "$patience" ]; then
    echo "a table was in use for $patience s: each try waited for a lock that another transaction holds." >&2
    echo "What to do: end what is open for longest, then run up again. To find it: SELECT pid, usename, xact_start, query FROM pg_stat_activity WHERE datname = current_database() ORDER BY xact_start" >&2
    exit "$status"
  fi
  echo "a table was in use: trying again in $pause s" >&2
  sleep "$pause"
  pause=$((pause < 32 ? pause * 2 : 60))
done
