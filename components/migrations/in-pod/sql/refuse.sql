-- Fails with the message in `problem` and the way out in `hint`.
\set SHOW_CONTEXT never
SELECT format('DO %L', format('BEGIN RAISE EXCEPTION USING MESSAGE = %L, HINT = %L; END', :'problem', :'hint')) \gexec
