# shellcheck shell=sh
# Part of migrate.sh: puts back what somebody took away.

# Runs the deploy script of an applied change again, with its verification. All of it is taken back if a table or a column
# was missing.
mend() {
  scripts=$(mktemp -d)
  cp -R deploy verify "$scripts"
  if ! (cd "$scripts" && mending "$1" && despite_locks query --output=/dev/null --file mend.sql); then
    rm -rf "$scripts"
    return 1
  fi
  rm -rf "$scripts"
  echo "$1 is mended: its deploy script ran again"
}

is_transaction() { grep -qiE '^\s*BEGIN\s*;' "deploy/$1.sql"; }
# What stands after a script's transaction, or all of it.
outside() { if is_transaction "$1"; then sed '1,/^\s*COMMIT\s*;/Id' "deploy/$1.sql"; else cat "deploy/$1.sql"; fi; }
has_outside() { outside "$1" | grep -qvE '^\s*(--.*)?$'; }

# Writes mend.sql. The change's own transaction stays, for what is after it, such as CONCURRENTLY, is not to run under its locks.
# Before its COMMIT is looked for tables and columns that it made, so what is after it must make none.
mending() {
  if outside "$1" | grep -qiE 'CREATE\s+(UNLOGGED\s+)?TABLE|ADD\s+COLUMN|MATERIALIZED'; then
    echo "it cannot run again: it makes tables or columns, and is in no transaction" >&2
    return 1
  fi
  if has_outside "$1"; then
    printf '\\include deploy/%s.sql\n\\include verify/%s.sql\n' "$1" "$1" >mend.sql
    verification=
  else
    verify_by_savepoint "$1"
    printf '\\include deploy/%s.sql\n' "$1" >mend.sql
    verification="\\include verify/$1.sql"
  fi
  # Lines keep their numbers, so that an error names the right one.
  sed -i -E 's/^\s*BEGIN\s*;\s*(--.*)?$/\\include begin.sql/I; s/^\s*COMMIT\s*;\s*(--.*)?$/\\include commit.sql/I' "deploy/$1.sql"
  columns="SELECT attrelid::regclass || '.' || attname AS name FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'm') AND attnum > 0 AND NOT attisdropped AND nspname !~ '^(pg_|information_schema$)'"
  cat >begin.sql <<SQL
BEGIN;
SELECT set_config('runsheet.columns', array_agg(name)::text, true) FROM ($columns) AS there;
SQL
  cat >commit.sql <<SQL
DO \$mend\$
DECLARE
  missing text := (SELECT string_agg(name, ', ' ORDER BY name) FROM ($columns) AS there
    WHERE name <> ALL (current_setting('runsheet.columns')::text[]));
BEGIN
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'missing with what was in it: %', missing
      USING HINT = 'A restore brings it back (restore.from), or an older state of it from a dump.';
  END IF;
END
\$mend\$;
$verification
COMMIT;
SQL
}
