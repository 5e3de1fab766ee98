-- Counts the rows of the tables that the owner can read completely. Others do not belong to the migrations.
SELECT format('SELECT ''rows'', %L, count(*) FROM %s', nspname || '.' || relname, c.oid::regclass)
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'p') AND NOT relispartition
  AND nspname !~ '^(pg_|information_schema$|supabase_migrations$|drizzle$|runsheet$)'
  AND relname NOT IN ('flyway_schema_history', '_prisma_migrations')
  AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid)
ORDER BY nspname, relname \gexec
