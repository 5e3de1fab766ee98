#!/bin/sh
# Fills the directory $2 from the backup $1, after verifying its checksum.
set -eu
backups=${BACKUPS:-/backups}
archive=$backups/$1.tar.gz
if [ ! -e "$archive.sha256" ]; then
  echo "there is no backup \"$1\". There are: $(find "$backups" -name "*.tar.gz.sha256" -exec basename {} .tar.gz.sha256 \; | sort | tr "\n" " ")" >&2
  exit 1
fi
(cd "$backups" && sha256sum --check --quiet --strict "$archive.sha256") || {
  echo "the backup $archive is damaged: nothing was restored from it" >&2
  exit 1
}
echo "restoring $archive ($(du -h "$archive" | cut -f1))"
tar --extract --gzip --file "$archive" --directory "$2"
(cd "$2" && sha256sum --check --quiet --strict "$backups/$1.contents")
