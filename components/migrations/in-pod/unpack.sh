#!/bin/sh
# Copies the files of a ConfigMap that are mounted beside this one, with their paths (/ for __ and _ for .-, as file-keys.ts
# has them), and unpacks those that are compressed.
#   unpack.sh <prefix of their keys> <directory>
set -eu
prefix=$1 directory=$2
cd "$(dirname "$0")"
mkdir -p "$directory"
# Two commands and no pipe, in which the first one's failure would go unseen.
tar --create --dereference --transform='s|__|/|g' --transform='s|\.-|_|g' --file="$directory.tar" "$prefix"*
tar --extract --file="$directory.tar" --directory="$directory"
rm "$directory.tar"
find "$directory" -name '*.gz' -exec gzip -d -f {} +
