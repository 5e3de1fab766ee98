-- Deploy omniops:phase4_foreign_keys to pg
--
-- What the tables of Phase 4 refer to. Adding a foreign key locks both tables against writing, and `messages` is
-- written all the time: so each is NOT VALID, which looks at no row, and a transaction of its own, so that a lock is
-- held for an instant and never while waiting for the next. Who waits for a lock lets everybody else wait behind: hence
-- two seconds, then it gives up, and the next run adds what is missing. New rows are checked from here on; those that
-- are there by phase4_validate_foreign_keys.
SET lock_timeout = '2s';
SET statement_timeout = '60s';
SET client_min_messages = 'warning';

CREATE OR REPLACE PROCEDURE pg_temp.add_foreign_key(
  table_name text, constraint_name text, column_name text, referenced text
)
LANGUAGE plpgsql
AS $$
BEGIN
  IF EXISTS (
    SELECT FROM pg_catalog.pg_constraint
    WHERE conrelid = to_regclass('public.' || quote_ident(table_name)) AND conname = constraint_name
  ) THEN
    RETURN;
  END IF;
  -- A row goes with what it is about: it holds what people wrote and felt.
  EXECUTE format(
    'ALTER TABLE public.%I ADD CONSTRAINT %I FOREIGN KEY (%I) REFERENCES public.%I (id) ON DELETE CASCADE NOT VALID',
    table_name, constraint_name, column_name, referenced
  );
END
$$;

CALL pg_temp.add_foreign_key('sentiment_analysis', 'fk_sentiment_message', 'message_id', 'messages');
CALL pg_temp.add_foreign_key('sentiment_analysis', 'fk_sentiment_conversation', 'conversation_id', 'conversations');
CALL pg_temp.add_foreign_key('response_suggestions', 'fk_suggestion_message', 'message_id', 'messages');
CALL pg_temp.add_foreign_key('response_suggestions', 'fk_suggestion_conversation', 'conversation_id', 'conversations');
CALL pg_temp.add_foreign_key('conversation_categories', 'fk_category_conversation', 'conversation_id', 'conversations');
CALL pg_temp.add_foreign_key('prediction_analysis', 'fk_prediction_customer', 'customer_id', 'customers');
CALL pg_temp.add_foreign_key('prediction_analysis', 'fk_prediction_conversation', 'conversation_id', 'conversations');
CALL pg_temp.add_foreign_key('escalation_rules', 'fk_escalation_rule_customer', 'customer_id', 'customers');
CALL pg_temp.add_foreign_key('escalation_events', 'fk_escalation_event_rule', 'rule_id', 'escalation_rules');
CALL pg_temp.add_foreign_key('escalation_events', 'fk_escalation_event_message', 'message_id', 'messages');
CALL pg_temp.add_foreign_key(
  'escalation_events', 'fk_escalation_event_conversation', 'conversation_id', 'conversations'
);
CALL pg_temp.add_foreign_key('conversation_insights', 'fk_insight_conversation', 'conversation_id', 'conversations');
