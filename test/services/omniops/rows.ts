/** Test rows for OmniOps' tables. */
import type { SystemDatabase } from "../system-database";
import { tables } from "./omniops";

/** User with a customer, a conversation and a message of the customer. */
export interface Owner {
  user: string;
  customer: string;
  conversation: string;
  message: string;
}

/** Adds a user as the owner of a new customer. */
export async function addOwner(omniops: SystemDatabase, customer: string): Promise<Owner> {
  const [owner] = await omniops.query<Owner>(
    `WITH person AS (INSERT INTO auth.users (email) VALUES ($1 || '@example.com') RETURNING id),
       customer AS (INSERT INTO public.customers (id, owner_id, name) SELECT $1, id, $1 FROM person RETURNING id, owner_id),
       conversation AS (
         INSERT INTO public.conversations (customer_id) SELECT id FROM customer RETURNING id, customer_id
       ),
       message AS (
         INSERT INTO public.messages (conversation_id, role, content) SELECT id, 'customer', 'Hello' FROM conversation
         RETURNING id, conversation_id
       )
     SELECT owner_id AS user, customer.id AS customer, conversation.id AS conversation, message.id AS message
     FROM customer, conversation, message`,
    [customer],
  );
  return owner!;
}

/** Adds one row for the owner's customer to each of the seven tables. */
export async function addRowsEverywhere(omniops: SystemDatabase, owner: Owner): Promise<void> {
  const { customer, conversation, message } = owner;
  await omniops.query("INSERT INTO public.sentiment_analysis (conversation_id, message_id) VALUES ($1, $2)", [
    conversation,
    message,
  ]);
  await omniops.query(
    `INSERT INTO public.response_suggestions (conversation_id, message_id, content, confidence, model)
     VALUES ($1, $2, 'We are sorry.', 0.8, 'test')`,
    [conversation, message],
  );
  await omniops.query(
    "INSERT INTO public.conversation_categories (conversation_id, category, model) VALUES ($1, 'billing', 'test')",
    [conversation],
  );
  await omniops.query(
    `INSERT INTO public.prediction_analysis (customer_id, conversation_id, prediction_type, probability, model)
     VALUES ($1, $2, 'churn', 0.7, 'test')`,
    [customer, conversation],
  );
  await omniops.query("INSERT INTO public.escalation_rules (customer_id, name) VALUES ($1, 'Angry customers')", [
    customer,
  ]);
  await omniops.query(
    `INSERT INTO public.escalation_events (rule_id, conversation_id, message_id, reason)
     SELECT id, $2, $3, 'Angry' FROM public.escalation_rules WHERE customer_id = $1`,
    [customer, conversation, message],
  );
  await omniops.query(
    `INSERT INTO public.conversation_insights (conversation_id, insight_type, title, summary, model, embedding)
     VALUES ($1, 'complaint', 'Billing', 'The bill is wrong.', 'test', array_fill(0.5, ARRAY[1536])::vector)`,
    [conversation],
  );
}

/** Number of rows in each of the seven tables. */
export async function countRows(omniops: SystemDatabase): Promise<Record<string, number>> {
  const counts = tables.map((table) => `SELECT '${table}' AS name, count(*)::integer AS rows FROM public.${table}`);
  const found = await omniops.query<{ name: string; rows: number }>(counts.join(" UNION ALL "));
  return Object.fromEntries(found.map(({ name, rows }) => [name, rows]));
}

/** Expected counts with the given number for every table. */
export const everywhere = (rows: number): Record<string, number> =>
  Object.fromEntries(tables.map((table) => [table, rows]));
