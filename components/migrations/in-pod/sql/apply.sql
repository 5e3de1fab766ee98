-- Applies the change _change, unless another run has done so by now: in a transaction with its record, if it can be in one.
\i lock.sql
SELECT state = 'due' AS _due, outside AS _outside FROM json_to_recordset(:'_state') AS s (name text, state text, outside boolean)
WHERE name = :'_change' \gset
\if :_due
\if :_outside
\i change.sql
\else
BEGIN;
\i change.sql
COMMIT;
\endif
\endif
