-- Verify omniops:phase4_validate_foreign_keys on pg
--
-- "Phase 4 Deployment Guide: Verify Migration", "Check foreign key constraints": each by its name, and validated. The
-- guide's own query lists also what is no foreign key, for its OR is not in parentheses.
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_constraint('sentiment_analysis', 'fk_sentiment_message',
    'FOREIGN KEY (message_id) REFERENCES public.messages(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('sentiment_analysis', 'fk_sentiment_conversation',
    'FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('response_suggestions', 'fk_suggestion_message',
    'FOREIGN KEY (message_id) REFERENCES public.messages(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('response_suggestions', 'fk_suggestion_conversation',
    'FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('conversation_categories', 'fk_category_conversation',
    'FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('prediction_analysis', 'fk_prediction_customer',
    'FOREIGN KEY (customer_id) REFERENCES public.customers(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('prediction_analysis', 'fk_prediction_conversation',
    'FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('escalation_rules', 'fk_escalation_rule_customer',
    'FOREIGN KEY (customer_id) REFERENCES public.customers(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('escalation_events', 'fk_escalation_event_rule',
    'FOREIGN KEY (rule_id) REFERENCES public.escalation_rules(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('escalation_events', 'fk_escalation_event_message',
    'FOREIGN KEY (message_id) REFERENCES public.messages(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('escalation_events', 'fk_escalation_event_conversation',
    'FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('conversation_insights', 'fk_insight_conversation',
    'FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE');
END
$$;
ROLLBACK;
