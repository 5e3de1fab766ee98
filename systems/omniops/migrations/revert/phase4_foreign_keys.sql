-- Revert omniops:phase4_foreign_keys from pg
-- squawk-ignore-file ban-drop-constraint -- that is what reverting them is
--
-- Each in a transaction of its own, for the same reason as when they were added.
SET lock_timeout = '2s';
SET statement_timeout = '60s';
SET client_min_messages = 'warning';

ALTER TABLE IF EXISTS public.sentiment_analysis DROP CONSTRAINT IF EXISTS fk_sentiment_message;
ALTER TABLE IF EXISTS public.sentiment_analysis DROP CONSTRAINT IF EXISTS fk_sentiment_conversation;
ALTER TABLE IF EXISTS public.response_suggestions DROP CONSTRAINT IF EXISTS fk_suggestion_message;
ALTER TABLE IF EXISTS public.response_suggestions DROP CONSTRAINT IF EXISTS fk_suggestion_conversation;
ALTER TABLE IF EXISTS public.conversation_categories DROP CONSTRAINT IF EXISTS fk_category_conversation;
ALTER TABLE IF EXISTS public.prediction_analysis DROP CONSTRAINT IF EXISTS fk_prediction_customer;
ALTER TABLE IF EXISTS public.prediction_analysis DROP CONSTRAINT IF EXISTS fk_prediction_conversation;
ALTER TABLE IF EXISTS public.escalation_rules DROP CONSTRAINT IF EXISTS fk_escalation_rule_customer;
ALTER TABLE IF EXISTS public.escalation_events DROP CONSTRAINT IF EXISTS fk_escalation_event_rule;
ALTER TABLE IF EXISTS public.escalation_events DROP CONSTRAINT IF EXISTS fk_escalation_event_message;
ALTER TABLE IF EXISTS public.escalation_events DROP CONSTRAINT IF EXISTS fk_escalation_event_conversation;
ALTER TABLE IF EXISTS public.conversation_insights DROP CONSTRAINT IF EXISTS fk_insight_conversation;
