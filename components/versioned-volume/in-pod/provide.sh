#!/bin/sh
# Creates the version $1 of the volume: the command after it fills the directory that it gets as its last argument.
# A version exists completely or not at all, and is never written to again. A killed run is started over.
set -eu
volume=${VOLUME:-/volume}
version=$1
shift
target=$volume/$version
sums=$volume/$version.sha256
part=$volume/.$version.part

if [ -e "$sums" ]; then
  (cd "$target" && sha256sum --check --quiet --strict "$sums") || {
    echo "the version $version of the volume is damaged. What to do: restore it from its backup (models.restore)." >&2
    exit 1
  }
  echo "the version $version is there: $(wc -l <"$sums") files, none damaged"
  exit 0
fi

rm -rf "$part" "$target"
mkdir "$part"
"$@" "$part" || {
  echo "the version $version was not made. The volume has $(find "$volume" -name "*.sha256" -exec basename {} .sha256 \; | sort | tr "\n" " ")and is $(df --output=pcent "$volume" | tail -n 1 | tr -d " ") full: what no pod uses may be removed." >&2
  exit 1
}
(cd "$part" && find . -type f -exec sha256sum {} +) >"$part.sha256"
# By name: two directories with the same files have the same list.
LC_ALL=C sort -k 2 -o "$part.sha256" "$part.sha256"
if [ ! -s "$part.sha256" ]; then
  echo "the version $version would be empty: $* left no file in $part" >&2
  exit 1
fi
sync
mv "$part" "$target"
# The version is valid once its checksums exist.
mv "$part.sha256" "$sums"
echo "the version $version is made: $(wc -l <"$sums") files, $(du -sh "$target" | cut -f1)"
