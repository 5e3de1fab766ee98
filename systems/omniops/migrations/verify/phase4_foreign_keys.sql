-- Verify omniops:phase4_foreign_keys on pg
BEGIN;
\ir expectations.sql

-- Validated or not: that is phase4_validate_foreign_keys.
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
