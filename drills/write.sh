#!/bin/bash
# Writes rows into the table runsheet_drill all the time, about twenty a second, and says which ones the database of the PG*
# variables has acknowledged, and when: "ID MILLISECONDS". When the connection ends it makes another one, until it is killed.
set -u
export PGCONNECT_TIMEOUT=2 PGOPTIONS="-c client_min_messages=warning"
# A server that is gone without a word is given up soon.
connection="keepalives_idle=1 keepalives_interval=1 keepalives_count=2 tcp_user_timeout=2000"
client() { psql "$connection" --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"; }

client -c "DROP TABLE IF EXISTS runsheet_drill; CREATE TABLE runsheet_drill (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, written timestamptz NOT NULL DEFAULT clock_timestamp())" || exit 1
while :; do
  while sleep 0.05; do
    echo "INSERT INTO runsheet_drill DEFAULT VALUES RETURNING id;"
  done | client | while read -r id; do
    echo "$id $(date +%s%3N)"
  done
  sleep 0.1
done
