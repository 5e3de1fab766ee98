-- Tables and sequences in `schemas` (one per line) whose rows the login cannot read completely, each with the reason.
SELECT format('%I.%I of %s: ', nspname, relname, pg_get_userbyid(relowner)) || CASE
    WHEN NOT has_table_privilege(c.oid, 'SELECT') THEN 'permission denied'
    ELSE 'its row security hides rows' END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE relkind IN ('r', 'p', 'S') AND nspname = ANY (string_to_array(:'schemas', E'\n'))
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  AND CASE WHEN has_table_privilege(c.oid, 'SELECT') THEN row_security_active(c.oid) ELSE true END
ORDER BY 1;
