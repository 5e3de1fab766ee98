# shellcheck shell=sh disable=SC2153,SC2154
# Part of dump.sh, for a database whose login may not read all of it: chooses the schemas to dump, and refuses to save a part of a
# table. SCHEMAS: names, one per line, or * for all but the platform's own. Sets `schemas`; writes the files that replace.sh needs.
login=$(query "SELECT current_user")
answers --set wanted="$SCHEMAS" --field-separator='|' --file="$here/schemas.sql" >"$dump.partial.found"
named() { sed -n "s/^$1|//p" "$dump.partial.found"; }
listed() { named "$1" | paste -sd , | sed 's/,/, /g'; }
schemas=$(named saved)
if [ -n "$(named missing)" ]; then
  echo "the database $PGDATABASE has no schema $(listed missing), which postgres.schemas names" >&2
  exit 1
fi
if [ -n "$(named closed)" ] && [ "$SCHEMAS" != "*" ]; then
  echo "$login may not use the schema $(listed closed), which postgres.schemas names: GRANT USAGE ON SCHEMA ... TO $login" >&2
  exit 1
fi
[ -z "$schemas" ] || echo "schemas: $(listed saved)"
[ -z "$(named platform)" ] || echo "left out, as the platform's own: $(listed platform)"
[ -z "$(named closed)" ] || echo "LEFT OUT, since $login may not use them: $(listed closed)"
printf '%s\n' "$schemas" >"$dump.partial.schemas"

unreadable=$(answers --set schemas="$schemas" --file="$here/unreadable.sql")
if [ -n "$unreadable" ]; then
  echo "$login cannot read these tables completely, so there is no dump:" >&2
  printf '%s\n' "$unreadable" | sed 's/^/  /' >&2
  echo "What to do: let it (GRANT SELECT ON ... TO $login; for row security ALTER ROLE $login BYPASSRLS, or its owner), or name" >&2
  echo "other schemas in postgres.schemas" >&2
  exit 1
fi

# What the schemas have to do with the others, as SQL for a restore; and what a restore could not make again.
part() { answers --set schemas="$schemas" --set part="$2" --file="$here/$1.sql"; }
part keys entry >"$dump.partial.entries"
part keys key >"$dump.partial.keys.sql"
part keys stand_in >"$dump.partial.stand-ins.sql"
part dependents statement >"$dump.partial.dependents.sql"
others=$(part dependents other)
[ -z "$others" ] || printf '%s\n' "$others" | sed 's/^/not in the dump, though it depends on what is: /'

# The files that replace.sh needs, by name, as JSON for the manifest. psql reads them itself: an argument has at most 128 KiB, and
# the rows of 2,500 tables are more.
selection_json() {
  separator='{'
  for name in schemas rows entries keys.sql stand-ins.sql dependents.sql; do
    content=$(FILE="$dump.partial.$name" answers <<'SQL'
\set content `cat "$FILE"`
SELECT to_json(:'content' || E'\n');
SQL
    )
    printf '%s"%s":%s' "$separator" "$name" "$content"
    separator=,
  done
  printf '}'
}
