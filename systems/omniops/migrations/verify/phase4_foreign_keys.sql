-- Verify omniops:phase4_foreign_keys on pg
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- expectations.sql sets them
BEGIN;
\ir expectations.sql

-- The foreign key, whether it is validated yet or not: that is phase4_validate_foreign_keys' matter.
CREATE OR REPLACE FUNCTION pg_temp.expect_foreign_key(table_name text, constraint_name text, definition text)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  found text;
BEGIN
  SELECT regexp_replace(pg_get_constraintdef(oid), ' NOT VALID$', '') INTO found
  FROM pg_constraint
  WHERE conrelid = to_regclass('public.' || quote_ident(table_name)) AND conname = constraint_name;
  PERFORM pg_temp.expect(found IS NOT NULL, format('constraint %s is missing on %s', constraint_name, table_name));
  PERFORM pg_temp.expect(found = definition,
    format('constraint %s on %s is "%s", expected "%s"', constraint_name, table_name, found, definition));
END
$$;

DO $$
BEGIN
  PERFORM pg_temp.expect_foreign_key('sentiment_analysis', 'fk_sentiment_message',
    'FOREIGN KEY (message_id) REFERENCES public.messages(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_foreign_key('sentiment_analysis', 'fk_sentiment_conversation',
    'FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_foreign_key('response_suggestions', 'fk_suggestion_message',
    'FOREIGN KEY (message_id) REFERENCES public.messages(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_foreign_key('response_suggestions', 'fk_suggestion_conversation',
    'FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_foreign_key('conversation_categories', 'fk_category_conversation',
    'FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_foreign_key('prediction_analysis', 'fk_prediction_customer',
    'FOREIGN KEY (customer_id) REFERENCES public.customers(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_foreign_key('prediction_analysis', 'fk_prediction_conversation',
    'FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_foreign_key('escalation_rules', 'fk_escalation_rule_customer',
    'FOREIGN KEY (customer_id) REFERENCES public.customers(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_foreign_key('escalation_events', 'fk_escalation_event_rule',
    'FOREIGN KEY (rule_id) REFERENCES public.escalation_rules(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_foreign_key('escalation_events', 'fk_escalation_event_message',
    'FOREIGN KEY (message_id) REFERENCES public.messages(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_foreign_key('escalation_events', 'fk_escalation_event_conversation',
    'FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_foreign_key('conversation_insights', 'fk_insight_conversation',
    'FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE');
END
$$;
ROLLBACK;
