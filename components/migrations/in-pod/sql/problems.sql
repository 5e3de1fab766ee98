-- Lists what forbids to go on, each with what to do; nothing otherwise. _target is the last change to have, or "any"; with
-- _back, those above it are to be taken back.
WITH change AS (
  SELECT * FROM json_to_recordset(:'_state') AS s (position integer, name text, called text, state text,
    repeatable boolean, obstacle text, undo boolean, passed boolean)
), last AS (
  SELECT coalesce((SELECT position FROM change WHERE name = :'_target'), CASE :'_target' WHEN 'none' THEN 0 ELSE 2147483647 END) AS wanted,
    (SELECT max(position) FROM change WHERE state <> 'due' AND NOT repeatable) AS applied
), problem (rank, position, text, hint) AS (
  SELECT 1, position, format('%s says that %s failed.', :'_table', called), :'_failed' FROM change WHERE state = 'failed'
  UNION ALL
  SELECT 2, position, format('the change %s is applied already, and its file is not the one that was applied.', called),
    'take the edit back, and put what is to be different into a new file.' FROM change WHERE state = 'edited'
  UNION ALL
  SELECT 3, position, format('%s says that %s is applied, and there is no file of it: the files are older than the database.', :'_table', called),
    'run up with files that have it.' FROM change WHERE state = 'missing'
  UNION ALL
  SELECT 4, position, format('the change %s is not applied, and %s, which comes after it, is.', called,
      (SELECT l.called FROM change AS l WHERE l.position = last.applied)),
    'give it a name that comes after.'
  FROM change, last WHERE state = 'due' AND NOT repeatable AND (passed OR position < last.applied AND NOT :_any_order)
  UNION ALL
  SELECT 5, position, format('the change %s cannot be applied: %s.', called, obstacle),
    'apply it with the tool itself, or set migrations.command.'
  FROM change, last WHERE state = 'due' AND obstacle IS NOT NULL AND position <= last.wanted
  UNION ALL
  SELECT 6, position, format('the change %s is applied, which is above schema.target %s, and no file takes it back.', called, :'_target'),
    'set schema.target to it or to a later one, or restore a dump from before it.'
  FROM change, last WHERE :_back AND state = 'applied' AND NOT repeatable AND NOT undo AND position > last.wanted
)
SELECT format(E'refused: %s\nWhat to do: %s', text, hint) FROM problem ORDER BY rank, position DESC;
