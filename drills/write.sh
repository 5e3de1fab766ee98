#!/bin/bash
# Writes about twenty rows a second into the table $TABLE of the PG* variables' database, until it is killed.
# Prints each acknowledged row with its time: "ID MILLISECONDS". After a lost connection it connects again.
set -u
export PGCONNECT_TIMEOUT=2 PGOPTIONS="-c client_min_messages=warning"
# Gives up quickly on a server that no longer answers.
connection="keepalives_idle=1 keepalives_interval=1 keepalives_count=2 tcp_user_timeout=2000"
client() { psql "$connection" --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"; }

client -c "DROP TABLE IF EXISTS $TABLE; CREATE TABLE $TABLE (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, written timestamptz NOT NULL DEFAULT clock_timestamp())" || exit 1
while :; do
  while sleep 0.05; do
    echo "INSERT INTO $TABLE DEFAULT VALUES RETURNING id;"
  done | client | while read -r id; do
    echo "$id $(date +%s%3N)"
  done
  sleep 0.1
done
