#!/usr/bin/env bash
# The entry to the commands: runs a program of the project, such as drift/main.ts, with its arguments. What is installed before
# is no part of its output.
set -euo pipefail
# shellcheck source=lab/bootstrap.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lab/bootstrap.sh" >&2
exec node --require ./register.cjs "$@"
