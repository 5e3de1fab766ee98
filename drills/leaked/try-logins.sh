#!/bin/bash
# Tries logins once a second, until it is killed, and prints each change: "MILLISECONDS NAME STATE". The states are accepted,
# refused (the password is wrong) and unreachable (nobody said that it is).
#   try-logins.sh <file>...
# A file has a login: its name, postgres or redis, host, port, user, password and database, one on a line.
set -u
try_postgres() {
  if error=$(PGPASSWORD=$password PGCONNECT_TIMEOUT=3 psql --no-psqlrc --quiet --host="$host" --port="$port" --username="$user" \
    --no-password --output=/dev/null --command="SELECT 1" "$database" 2>&1); then
    state=accepted
  elif [[ $error == *"password authentication failed"* ]]; then
    state=refused
  fi
}

try_redis() {
  # The password is in no argument, which other processes of the pod could read.
  # shellcheck disable=SC2016
  reply=$(HOST=$host PORT=$port PASSWORD=$password timeout 3 bash -c '
    exec 3<>"/dev/tcp/$HOST/$PORT" && printf "AUTH %s\r\n" "$PASSWORD" >&3 && IFS= read -r reply <&3 && printf %s "$reply"' 2>/dev/null)
  case $reply in
  # Redis says so too if it asks for no password at all.
  +OK* | *"without any password configured"*) state=accepted ;;
  -WRONGPASS*) state=refused ;;
  esac
}

declare -A before=()
while :; do
  for file in "$@"; do
    { read -r name && read -r kind && read -r host && read -r port && read -r user && read -r password && read -r database; } <"$file"
    state=unreachable
    "try_$kind"
    [ "${before[$name]:-}" = "$state" ] || echo "$(date +%s%3N) $name $state"
    before[$name]=$state
  done
  sleep 1
done
