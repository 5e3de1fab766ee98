-- Refuses an invalid index that no change is about to build.
SELECT coalesce(json_agg(value), '[]') AS _building
FROM json_to_recordset(:'_state') AS s (state text, indexes json), json_array_elements_text(indexes) WHERE state = 'due' \gset
\i invalid-index.sql
