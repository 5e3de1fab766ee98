-- Revert prism:feedback_training_index from pg
--
-- Concurrently, so that feedback can be read and written meanwhile: no transaction here.
SET lock_timeout = '5min';
SET statement_timeout = '30min';
SET client_min_messages = 'warning';

DROP INDEX CONCURRENTLY IF EXISTS public.idx_feedback_training;
