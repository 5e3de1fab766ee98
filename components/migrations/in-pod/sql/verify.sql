-- Runs the verify script of the change _change, if it has one, and takes back what it did.
SELECT format('verify.%s.sql', id) AS _file, verify AS _verify FROM json_to_recordset(:'_changes') AS c (name text, id text, verify boolean)
WHERE name = :'_change' \gset
\if :_verify
\if :_outside
BEGIN;
\endif
SAVEPOINT verifying;
\o /dev/null
\i :_file
\o
ROLLBACK TO SAVEPOINT verifying;
RELEASE SAVEPOINT verifying;
\if :_outside
COMMIT;
\endif
\endif
