# shellcheck shell=sh disable=SC2153,SC2154
# Part of prove.sh, for a dump of schemas: everything else of its database, without rows, for the scratch server. What the login
# cannot read is not in it, and what the scratch server lacks, such as an extension, matters only if the dump needs it.

# Reads it from the database.
read_surroundings() {
  # A pooler's name of the login is not that of its role.
  OWNER=$(query "SELECT current_user")
  : >"$dump.libraries"
  # Types and functions are found by the search path. Other settings may need what only the server has.
  query "
    SELECT format('ALTER %s SET search_path = %s;', CASE setrole WHEN 0 THEN format('DATABASE %I', current_database())
      ELSE format('ROLE %s', setrole::regrole) END, substr(setting, 13)) FROM pg_db_role_setting, unnest(setconfig) AS setting
    WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) AND setting ~ '^search_path='
    " >"$dump.search-path.sql"
  set -- --format=custom --schema-only --lock-wait-timeout=60000 --no-password --file="$dump.surroundings"
  answers --set schemas="$(cat "$dump.schemas")" >"$dump.excluded" <<'SQL'
SELECT format('--exclude-schema="%s"', replace(name, '"', '""')) FROM unnest(string_to_array(:'schemas', E'\n')) AS name
UNION ALL
SELECT format('--exclude-table="%s"."%s"', replace(nspname, '"', '""'), replace(relname, '"', '""'))
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND nspname !~ '^pg_'
  AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'));
SQL
  while read -r option; do set -- "$@" "$option"; done <"$dump.excluded"
  pg_dump "$@" || echo "the proof goes on without the schemas that are not in the dump"
}

# Restores it and then the dump beside it.
restore_with_surroundings() {
  if [ "$DATABASE" != postgres ]; then createdb "$DATABASE" || return 1; fi
  export PGDATABASE="$DATABASE"
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set name="$DATABASE" --set owner="$OWNER" <<'SQL' || return 1
ALTER DATABASE :"name" OWNER TO :"owner";
SQL
  psql --no-psqlrc --quiet --file="$dump.search-path.sql" || return 1
  : >"$scratch/surroundings"
  # Event triggers would fire while the dump is restored.
  if pg_restore --list "$dump.surroundings" | grep -vE '^[0-9]+; [0-9]+ [0-9]+ (EVENT TRIGGER|SUBSCRIPTION|DEFAULT ACL) ' >"$scratch/list"; then
    pg_restore --dbname="$DATABASE" --use-list="$scratch/list" "$dump.surroundings" 2>"$scratch/surroundings" || true
  fi
  STAND_INS=true sh "$here/replace.sh" restore "$dump" >"$scratch/replaced" && return 0
  echo "What the scratch server could not be given of the other schemas:" >&2
  grep 'ERROR' "$scratch/surroundings" >&2 || echo "nothing" >&2
  return 1
}
