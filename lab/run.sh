#!/usr/bin/env bash
# The entry to the lab's commands, from a machine on which nothing is installed yet: see main.ts.
set -euo pipefail
# shellcheck source=lab/bootstrap.sh
source "$(dirname "${BASH_SOURCE[0]}")/bootstrap.sh"
exec node --require ./register.cjs lab/main.ts "$@"
