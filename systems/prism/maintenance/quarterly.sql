-- PRISM's quarterly maintenance of the tables of Phase 5 (runbook: "Database maintenance (VACUUM, REINDEX)").
--
-- Run by the owner: psql -v ON_ERROR_STOP=1 -f quarterly.sql, over a direct connection (not through a pooler).
-- Nothing here blocks reads or writes: the runbook's plain REINDEX would, so indexes are rebuilt CONCURRENTLY.
-- Safe to run again after it was killed. A table that is not there (the schema went back) is left out.
SET lock_timeout = '5min';
SET statement_timeout = '2h';
SET client_min_messages = 'warning';

-- Two runs at once would take each other's unfinished indexes for leftovers. Do not wait for the lock: a waiting query
-- is what REINDEX CONCURRENTLY of the other run would wait for.
DO $$
BEGIN
  IF NOT pg_try_advisory_lock(hashtext('prism quarterly maintenance')) THEN
    RAISE EXCEPTION 'the quarterly maintenance is running already: let it end';
  END IF;
END
$$;

CREATE TEMPORARY TABLE maintained AS
SELECT name, to_regclass('public.' || name) AS relation
FROM unnest(ARRAY[
  'ai_feedback', 'invoice_validations', 'business_classification_patterns', 'ml_models', 'user_insights',
  'user_tax_profiles', 'profile_corrections'
]) AS name;

-- What a killed REINDEX CONCURRENTLY leaves behind: an invalid index that slows down every write. Its name ends in
-- _ccnew or _ccold. One of a TOAST table can be dropped by a superuser only; the check below names it.
SELECT format('DROP INDEX CONCURRENTLY IF EXISTS %s', indexrelid::regclass)
FROM maintained
JOIN pg_index ON indrelid = relation
JOIN pg_class ON pg_class.oid = indexrelid
WHERE NOT indisvalid AND relname ~ '_cc(new|old)[0-9]*$'
\gexec

SELECT format('VACUUM (ANALYZE) %s', relation) FROM maintained WHERE relation IS NOT NULL
\gexec

SELECT format('REINDEX TABLE CONCURRENTLY %s', relation) FROM maintained WHERE relation IS NOT NULL
\gexec

-- REINDEX CONCURRENTLY skips an index that is invalid already, so its success alone does not mean that all are well.
DO $$
DECLARE
  invalid text;
BEGIN
  SELECT string_agg(format('%s on %s', indexrelid::regclass, name), ', ') INTO invalid
  FROM maintained
  JOIN pg_class ON pg_class.oid = relation
  JOIN pg_index ON indrelid IN (relation, reltoastrelid)
  WHERE NOT indisvalid;
  IF invalid IS NOT NULL THEN
    RAISE EXCEPTION '% %: drop each with DROP INDEX CONCURRENTLY (one in pg_toast as a superuser)',
      'the tables were vacuumed and reindexed, but INVALID indexes remain:', invalid;
  END IF;
END
$$;

SELECT count(relation) AS maintained, count(*) AS tables,
  coalesce(string_agg(name, ', ') FILTER (WHERE relation IS NULL), 'none') AS missing
FROM maintained
\gset
\echo vacuumed, analysed and reindexed :maintained of :tables tables (not there: :missing)
