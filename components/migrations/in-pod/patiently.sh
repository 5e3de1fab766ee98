#!/bin/sh
# Runs a command, and again for as long as it ends with 2, as psql does without a connection: a changed server restarts in
# the middle of a check. Patience ends after RUNSHEET_PATIENCE seconds, 900 by default.
set -u
started=$(date +%s)
while :; do
  "$@"
  status=$?
  [ "$status" = 2 ] && [ $(($(date +%s) - started)) -lt "${RUNSHEET_PATIENCE:-900}" ] || exit "$status"
  sleep 2
done
