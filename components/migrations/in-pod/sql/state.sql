-- Compares the files with the tool's table, into the variable _state: a list in JSON, in the files' order. Their state
-- is applied, due, edited or failed; missing, where there is no file.
\set _changes `cat changes.json`
\i registry.sql
WITH here AS (
  SELECT * FROM json_to_recordset(:'_changes') AS h (position integer, name text, id text, key text, checksums json,
    repeatable boolean, outside boolean, obstacle text, verify boolean, undo boolean, indexes json, validated json)
), applied AS (
  SELECT * FROM json_to_recordset(:'_applied') AS a (key text, label text, checksum text, state text)
), found AS (
  SELECT h.*, coalesce(h.name, a.label) AS called,
    CASE
      WHEN a.state = 'failed' THEN 'failed'
      WHEN h.key IS NULL THEN 'missing'
      WHEN a.key IS NULL THEN 'due'
      WHEN a.checksum IS NULL OR a.checksum IN (SELECT json_array_elements_text(h.checksums)) THEN 'applied'
      WHEN h.repeatable THEN 'due'
      ELSE 'edited'
    END AS state, h.key IS NOT NULL AND a.key IS NULL AND (:_passed) AS passed
  FROM here AS h FULL JOIN applied AS a ON a.key = h.key
)
SELECT coalesce(json_agg(found ORDER BY position), '[]') AS _state FROM found \gset
