-- Refuses an invalid index of a table of this login's, except for those whose names are in _building.
SELECT true AS _wrong, format('the index %s is invalid: its build failed or was interrupted', indexrelid::regclass) AS problem,
  format('DROP INDEX CONCURRENTLY %s; or repair its rows and REINDEX INDEX CONCURRENTLY %1$s; then run up again.', indexrelid::regclass) AS hint
FROM pg_index JOIN pg_class c ON c.oid = indrelid JOIN pg_class i ON i.oid = indexrelid
WHERE NOT indisvalid AND c.relkind = 'r' AND c.relpersistence <> 't' AND pg_has_role(c.relowner, 'USAGE')
  AND i.relname NOT IN (SELECT (parse_ident(value))[1] FROM json_array_elements_text(:'_building'))
UNION ALL SELECT false, '', '' ORDER BY 1 DESC LIMIT 1 \gset
\if :_wrong
\i refuse.sql
\endif
