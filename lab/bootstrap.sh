# shellcheck shell=bash
# Sourced: makes sure that Node.js and the project's dependencies are there. Needs nothing but npm.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1

if ! major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) || [ "$major" -lt 20 ]; then
  echo "Runsheet needs Node.js 20 or later with npm; found: $(node --version 2>/dev/null || echo none)." >&2
  exit 1
fi

# Installed, and to its end, for this very lock file? npm leaves no such mark of its own when it is killed half-way.
installed=node_modules/.runsheet-installed
exec 9<package-lock.json
flock 9
if ! cmp -s package-lock.json "$installed"; then
  echo "Installing the project's dependencies (npm ci) ..."
  rm -f "$installed"
  npm ci --no-audit --no-fund --loglevel=error || exit 1
  cp package-lock.json "$installed"
fi
exec 9<&-

# The dependencies hold a Node.js of the version that Pulumi wants.
export PATH="$root/node_modules/.bin:$PATH"
