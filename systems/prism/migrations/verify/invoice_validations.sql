-- Verify prism:invoice_validations on pg
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('invoice_validations',
    'id uuid not null default gen_random_uuid()',
    'invoice_id uuid not null',
    'user_id uuid not null',
    'field_name text not null',
    'ocr_value text',
    'validated_value text',
    'ocr_confidence numeric(4,3)',
    'is_correction boolean not null generated always as (ocr_value IS DISTINCT FROM validated_value) stored',
    'created_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('invoice_validations', 'invoice_validations_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('invoice_validations', 'invoice_validations_invoice_id_fkey',
    'FOREIGN KEY (invoice_id) REFERENCES public.invoices(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('invoice_validations', 'invoice_validations_user_id_fkey',
    'FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('invoice_validations', 'invoice_validations_field_name_check',
    $check$CHECK ((field_name <> ''::text))$check$);
  PERFORM pg_temp.expect_constraint('invoice_validations', 'invoice_validations_ocr_confidence_check',
    'CHECK (((ocr_confidence >= (0)::numeric) AND (ocr_confidence <= (1)::numeric)))');

  PERFORM pg_temp.expect_index('invoice_validations', 'idx_invoice_validations_invoice', '{invoice_id}');
  PERFORM pg_temp.expect_index('invoice_validations', 'idx_invoice_validations_user', '{user_id}');
  PERFORM pg_temp.expect_index('invoice_validations', 'idx_invoice_validations_corrections', '{field_name,created_at}',
    'is_correction');

  PERFORM pg_temp.expect_row_security('invoice_validations');
  PERFORM pg_temp.expect_policy('invoice_validations', 'invoice_validations_select_own', 'SELECT', 'authenticated',
    'user_id = (SELECT auth.uid())');
  PERFORM pg_temp.expect_policy('invoice_validations', 'invoice_validations_insert_own', 'INSERT', 'authenticated',
    $condition$user_id = (SELECT auth.uid())
    AND invoice_id IN (
      SELECT invoices.id FROM public.invoices JOIN public.businesses ON businesses.id = invoices.business_id
      WHERE businesses.owner_id = (SELECT auth.uid())
    )$condition$);
  PERFORM pg_temp.expect_policy('invoice_validations', 'invoice_validations_service', 'ALL', 'service_role');
  PERFORM pg_temp.expect_policy('invoice_validations', 'invoice_validations_read_only', 'SELECT', 'prism_read_only');
  PERFORM pg_temp.expect_no_other_policy('invoice_validations', ARRAY[
    'invoice_validations_insert_own',
    'invoice_validations_read_only',
    'invoice_validations_select_own',
    'invoice_validations_service'
  ]);
  PERFORM pg_temp.expect_privileges('invoice_validations', 'anon', '');
  PERFORM pg_temp.expect_privileges('invoice_validations', 'authenticated', 'SELECT, INSERT');
  PERFORM pg_temp.expect_privileges('invoice_validations', 'service_role', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('invoice_validations', 'prism_read_only', 'SELECT');
END
$$;
ROLLBACK;
