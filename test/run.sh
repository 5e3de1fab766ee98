#!/usr/bin/env bash
# Runs every check, the quick ones first. Arguments: names of suites to run instead of all (lint, unit, services, graph, lab).
# What takes too long for every change is in the suite "long": npm run test:long. It ends with the lab removed.
set -euo pipefail
# shellcheck source=lab/bootstrap.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lab/bootstrap.sh"

case "${1:-}" in
-h | --help)
  sed -n 's/^# //p' test/run.sh
  exit 0
  ;;
esac
suites=("$@")
[ $# -gt 0 ] || suites=(lint unit services graph lab)
results=$(mktemp -d)
lab=
trap '[ -z "$lab" ] || kill -- -"$lab" 2>/dev/null || true; rm -rf "$results"' EXIT

# The lab comes up while the quick suites run: most of that is waiting.
case " ${suites[*]} " in
*" lab "* | *" long "*)
  setsid bash lab/run.sh up ${RUNSHEET_TEST_RESET:+--reset} >"$results/lab.log" 2>&1 &
  lab=$!
  ;;
esac

lab_is_up() {
  [ -n "$lab" ] || return 0
  tail -n +1 -f --pid="$lab" "$results/lab.log"
  wait "$lab"
  lab=
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
