-- Revert omniops:sentiment_analysis from pg
-- squawk-ignore-file ban-drop-constraint, ban-drop-table -- that is what reverting it is
--
-- The application that uses the table went back before (schema after code). Its foreign keys, which phase4_foreign_keys
-- added, go first and each in a transaction of its own, for the same reason as when they were added: dropping the table
-- with them would lock every table that they refer to until the last lock is there.
SET lock_timeout = '2s';
SET statement_timeout = '60s';
SET client_min_messages = 'warning';

ALTER TABLE IF EXISTS public.sentiment_analysis DROP CONSTRAINT IF EXISTS fk_sentiment_message;
ALTER TABLE IF EXISTS public.sentiment_analysis DROP CONSTRAINT IF EXISTS fk_sentiment_conversation;

DROP TABLE IF EXISTS public.sentiment_analysis;
