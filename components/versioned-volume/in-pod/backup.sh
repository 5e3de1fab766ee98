#!/bin/sh
# Backs up the version $1. A version is never written to once it exists, so it does not change while it is copied.
# The archive is valid once its checksum exists, written after the comparison with the version. It is then kept.
set -eu
volume=${VOLUME:-/volume}
backups=${BACKUPS:-/backups}
version=$1
archive=$backups/$version.tar.gz
contents=$backups/$version.contents

if [ -e "$archive.sha256" ]; then
  (cd "$backups" && sha256sum --check --quiet --strict "$archive.sha256") || {
    echo "the backup $archive is damaged. What to do: take it and its .sha256 away, then run up again." >&2
    exit 1
  }
  cmp --silent "$volume/$version.sha256" "$contents" || {
    echo "the backup $archive is of another version of this name; it is kept. What to do: give the new one another name." >&2
    exit 1
  }
  echo "the backup $archive is there, whole, and of the version's files"
  exit 0
fi

echo "backing up $(du -sh "$volume/$version" | cut -f1)"
cp "$volume/$version.sha256" "$contents"
tar --create --gzip --file "$archive.part" --directory "$volume/$version" .
tar --compare --gzip --file "$archive.part" --directory "$volume/$version"
mv "$archive.part" "$archive"
(cd "$backups" && sha256sum "$version.tar.gz" "$version.contents") >"$archive.sha256.part"
sync
mv "$archive.sha256.part" "$archive.sha256"
echo "the backup $archive is made: $(du -h "$archive" | cut -f1), compared with the version"
