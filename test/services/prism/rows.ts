/** Test rows for PRISM's tables. */
import { smokeTest, tables } from "./prism";
import { type SystemDatabase } from "../system-database";

/** User with a business and an invoice. */
export interface Owner {
  user: string;
  business: string;
  invoice: string;
}

/** Adds a user with a business and an invoice. */
export async function addOwner(prism: SystemDatabase, email: string): Promise<Owner> {
  const [owner] = await prism.query<Owner>(
    `WITH person AS (INSERT INTO auth.users (email) VALUES ($1) RETURNING id),
       business AS (INSERT INTO public.businesses (owner_id, name) SELECT id, $1 FROM person RETURNING id, owner_id),
       invoice AS (
         INSERT INTO public.invoices (business_id, invoice_number, total_amount) SELECT id, 'INV-1', 100 FROM business
         RETURNING id, business_id
       )
     SELECT owner_id AS user, business_id AS business, invoice.id AS invoice
     FROM invoice JOIN business ON business.id = business_id`,
    [email],
  );
  return owner!;
}

/** Adds one row to each of the seven tables, for this user where the table has users. */
export async function addRowsEverywhere(prism: SystemDatabase, owner: Owner = smokeTest): Promise<void> {
  const { user, business, invoice } = owner;
  await prism.query(
    `INSERT INTO public.ai_feedback (business_id, user_id, subject_type, subject_id, prediction, correction)
     VALUES ($1, $2, 'transaction', gen_random_uuid(), '{"category": "fuel"}', '{"category": "rent"}')`,
    [business, user],
  );
  await prism.query(
    `INSERT INTO public.invoice_validations (invoice_id, user_id, field_name, ocr_value, validated_value)
     VALUES ($1, $2, 'total_amount', '1O0.00', '100.00')`,
    [invoice, user],
  );
  await prism.query(
    `INSERT INTO public.business_classification_patterns (business_id, pattern_type, pattern, category)
     VALUES ($1, 'keyword', 'diesel', 'fuel')`,
    [business],
  );
  await prism.query(
    `INSERT INTO public.ml_models (model_type, version) VALUES ('transaction_classifier', '1.0.0')
     ON CONFLICT DO NOTHING`,
  );
  await prism.query(
    `INSERT INTO public.user_insights (user_id, month, insight_type, title, body)
     VALUES ($1, '2025-01-01', 'vat_threshold', 'Near the VAT threshold', 'Register in time.')`,
    [user],
  );
  await prism.query(
    "INSERT INTO public.user_tax_profiles (user_id, profile_type, ai_confidence) VALUES ($1, 'freelancer', 0.4)",
    [user],
  );
  await prism.query(
    `INSERT INTO public.profile_corrections (user_id, field_name, detected_value, corrected_value)
     VALUES ($1, 'profile_type', 'employee', 'freelancer')`,
    [user],
  );
}

/** Number of rows in each of the seven tables. */
export async function countRows(prism: SystemDatabase): Promise<Record<string, number>> {
  const counts = tables.map((table) => `SELECT '${table}' AS name, count(*)::integer AS rows FROM public.${table}`);
  const found = await prism.query<{ name: string; rows: number }>(counts.join(" UNION ALL "));
  return Object.fromEntries(found.map(({ name, rows }) => [name, rows]));
}

/** Deploys the schema of an empty database, and adds two owners with a row in each table. */
export async function deployWithTwoOwners(
  prism: SystemDatabase,
): Promise<{ readonly ada: Owner; readonly bola: Owner }> {
  await prism.sqitch("deploy");
  const ada = await addOwner(prism, "ada@example.com");
  const bola = await addOwner(prism, "bola@example.com");
  await addRowsEverywhere(prism, ada);
  await addRowsEverywhere(prism, bola);
  return { ada, bola };
}
