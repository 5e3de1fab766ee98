#!/usr/bin/env bash
# Runs every check, the quick ones first. Arguments: names of suites to run instead of all (lint, unit, services, graph, lab).
# What takes too long for every change is in the suite "long": npm run test:long. It ends with the lab removed.
set -euo pipefail
# shellcheck source=lab/bootstrap.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lab/bootstrap.sh"

case "${1:-}" in
-h | --help)
  sed -n '2,3s/^# //p' test/run.sh
  exit 0
  ;;
esac
suites=("$@")
[ $# -gt 0 ] || suites=(lint unit services graph lab)
results=$(mktemp -d)
lab=
trap 'end_lab; rm -rf "$results"' EXIT

# Ends the lab's start if it is still going on.
end_lab() {
  if [ -n "$lab" ] && jobs -rp | grep -qx "$lab"; then kill -- -"$lab" 2>/dev/null || true; fi
}

# The lab comes up while the quick suites run: most of that is waiting.
case " ${suites[*]} " in
*" lab "* | *" long "*)
  setsid bash lab/run.sh up ${RUNSHEET_TEST_RESET:+--reset} >"$results/lab.log" 2>&1 &
  lab=$!
  ;;
esac

# `wait` knows the process also once it has ended. By its number it may be another one by now: a thread of a container,
# for which `tail --pid` would wait for ever.
lab_is_up() {
  [ -n "$lab" ] || return 0
  tail -n +1 -f "$results/lab.log" &
  local shown=$! code=0
  wait "$lab" || code=$?
  lab=
  # So that its last lines are shown.
  sleep 1
  kill "$shown"
  wait "$shown" 2>/dev/null || true
  return "$code"
}

for suite in "${suites[@]}"; do
  echo "== $suite"
  case $suite in
  lint)
    bash test/lint.sh
    ;;
  unit | services)
    # On two processors jest would leave one to itself.
    jest --selectProjects "$suite" --maxWorkers=100% --json --outputFile="$results/$suite.json"
    ;;
  graph | lab | long)
    [ "$suite" = graph ] || lab_is_up
    bash lab/run.sh shell jest --selectProjects "$suite" --runInBand --json --outputFile="$results/$suite.json"
    ;;
  *)
    echo "there is no suite \"$suite\"; there are: lint unit services graph lab long" >&2
    exit 2
    ;;
  esac
done

node --require ./register.cjs test/support/summary.ts "$results"
