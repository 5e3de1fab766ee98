-- Lists the tables that are there.
SELECT coalesce(array_agg(oid), '{}') FROM pg_class WHERE relkind IN ('r', 'p');
