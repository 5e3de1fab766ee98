-- Deploy omniops:phase4_validate_foreign_keys to pg
--
-- Checks the rows that were there before the foreign keys were. Blocks neither reading nor writing, however long it
-- takes, and each foreign key is a transaction of its own: what was checked is not checked again by the next run.
SET lock_timeout = '5s';
SET statement_timeout = '30min';
SET client_min_messages = 'warning';

-- PostgreSQL's own error names one of the rows that refer to nothing; this one says how many there are, and what to do.
CREATE OR REPLACE PROCEDURE pg_temp.validate_foreign_key(
  table_name text, constraint_name text, column_name text, referenced text
)
LANGUAGE plpgsql
AS $$
DECLARE
  orphans text := format(
    'FROM public.%I AS orphan WHERE %2$I IS NOT NULL AND NOT EXISTS (SELECT FROM public.%3$I WHERE id = orphan.%2$I)',
    table_name, column_name, referenced
  );
  number bigint;
  examples text;
BEGIN
  EXECUTE format('ALTER TABLE public.%I VALIDATE CONSTRAINT %I', table_name, constraint_name);
EXCEPTION
  WHEN foreign_key_violation THEN
    EXECUTE format('SELECT count(*), array_to_string((array_agg(id ORDER BY id))[1:5], '', '') %s', orphans)
    INTO number, examples;
    RAISE EXCEPTION '% of %: % of its rows have a % that is not in %, for example the rows with the id %',
      constraint_name, table_name, number, column_name, referenced, examples
      USING
        ERRCODE = 'foreign_key_violation',
        HINT = format('Look at them, and remove them: DELETE %s; then run again.', orphans);
END
$$;

CALL pg_temp.validate_foreign_key('sentiment_analysis', 'fk_sentiment_message', 'message_id', 'messages');
CALL pg_temp.validate_foreign_key(
  'sentiment_analysis', 'fk_sentiment_conversation', 'conversation_id', 'conversations'
);
CALL pg_temp.validate_foreign_key('response_suggestions', 'fk_suggestion_message', 'message_id', 'messages');
CALL pg_temp.validate_foreign_key(
  'response_suggestions', 'fk_suggestion_conversation', 'conversation_id', 'conversations'
);
CALL pg_temp.validate_foreign_key(
  'conversation_categories', 'fk_category_conversation', 'conversation_id', 'conversations'
);
CALL pg_temp.validate_foreign_key('prediction_analysis', 'fk_prediction_customer', 'customer_id', 'customers');
CALL pg_temp.validate_foreign_key(
  'prediction_analysis', 'fk_prediction_conversation', 'conversation_id', 'conversations'
);
CALL pg_temp.validate_foreign_key('escalation_rules', 'fk_escalation_rule_customer', 'customer_id', 'customers');
CALL pg_temp.validate_foreign_key('escalation_events', 'fk_escalation_event_rule', 'rule_id', 'escalation_rules');
CALL pg_temp.validate_foreign_key('escalation_events', 'fk_escalation_event_message', 'message_id', 'messages');
CALL pg_temp.validate_foreign_key(
  'escalation_events', 'fk_escalation_event_conversation', 'conversation_id', 'conversations'
);
CALL pg_temp.validate_foreign_key(
  'conversation_insights', 'fk_insight_conversation', 'conversation_id', 'conversations'
);
