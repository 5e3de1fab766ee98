-- Lists the changes, each on a line: state, position, whether it runs outside of a transaction, whether it has a verify
-- script, whether it is repeatable, name.
SELECT format('%s|%s|%s|%s|%s|%s', state, position, outside, verify, repeatable, called)
FROM json_to_recordset(:'_state') AS s (position integer, called text, state text, outside boolean, verify boolean, repeatable boolean)
ORDER BY position;
