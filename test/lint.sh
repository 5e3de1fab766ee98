#!/usr/bin/env bash
# Formatting, lint and types; whether the generated documents are current; shell scripts by shellcheck, migrations by
# squawk; the golden manifests by kube-score, checkov and kubeconform. Run through `npm test`, or `npm run lint`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

prettier --check --log-level warn .
eslint --max-warnings=0 .
tsc --noEmit
node --require ./register.cjs docs/generate/index.ts --check
node --require ./register.cjs test/support/linters.ts
node --require ./register.cjs test/judges/main.ts
