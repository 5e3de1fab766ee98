#!/usr/bin/env bash
# The entry to the page of a running `up`: see main.ts.
set -euo pipefail
# shellcheck source=lab/bootstrap.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../lab/bootstrap.sh"
exec node --require ./register.cjs deployments/watch/main.ts "$@"
