-- Records the changes up to _target as applied, without running them.
BEGIN;
\if :_has
\else
\i create.sql
\endif
WITH change AS (SELECT * FROM json_to_recordset(:'_changes') AS c (position integer, name text, key text, checksums json))
INSERT INTO runsheet.migrations (number, name, sha256) SELECT key::numeric, name, checksums ->> 0 FROM change
WHERE position <= (SELECT position FROM change WHERE name = :'_target');
COMMIT;
