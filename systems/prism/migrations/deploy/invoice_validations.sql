-- Deploy prism:invoice_validations to pg
--
-- What OCR read from a field of an invoice, and what the user made of it: linked to the invoice, so that reading
-- invoices is learned from the users' edits. The business is the invoice's.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table('invoice_validations', 'invoice_validations');
END
$$;

CREATE TABLE IF NOT EXISTS public.invoice_validations (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  invoice_id uuid NOT NULL,
  user_id uuid NOT NULL,
  field_name text NOT NULL,
  ocr_value text,
  validated_value text,
  ocr_confidence numeric(4, 3),
  -- False when the user confirmed what OCR had read.
  is_correction boolean NOT NULL GENERATED ALWAYS AS (ocr_value IS DISTINCT FROM validated_value) STORED,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT invoice_validations_pkey PRIMARY KEY (id),
  CONSTRAINT invoice_validations_invoice_id_fkey
    FOREIGN KEY (invoice_id) REFERENCES public.invoices (id) ON DELETE CASCADE,
  CONSTRAINT invoice_validations_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE,
  CONSTRAINT invoice_validations_field_name_check CHECK (field_name <> ''),
  CONSTRAINT invoice_validations_ocr_confidence_check CHECK (ocr_confidence BETWEEN 0 AND 1)
);
COMMENT ON TABLE public.invoice_validations IS
  'Corrections by users of what OCR read from an invoice. Made by Sqitch change invoice_validations.';

CREATE INDEX IF NOT EXISTS idx_invoice_validations_invoice ON public.invoice_validations (invoice_id);
CREATE INDEX IF NOT EXISTS idx_invoice_validations_user ON public.invoice_validations (user_id);
-- Which fields OCR gets wrong.
CREATE INDEX IF NOT EXISTS idx_invoice_validations_corrections ON public.invoice_validations (field_name, created_at)
  WHERE is_correction;

ALTER TABLE public.invoice_validations ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS invoice_validations_select_own ON public.invoice_validations;
CREATE POLICY invoice_validations_select_own ON public.invoice_validations FOR SELECT TO authenticated
  USING (user_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS invoice_validations_insert_own ON public.invoice_validations;
CREATE POLICY invoice_validations_insert_own ON public.invoice_validations FOR INSERT TO authenticated
  WITH CHECK (
    user_id = (SELECT auth.uid())
    AND invoice_id IN (
      SELECT invoices.id FROM public.invoices JOIN public.businesses ON businesses.id = invoices.business_id
      WHERE businesses.owner_id = (SELECT auth.uid())
    )
  );
DROP POLICY IF EXISTS invoice_validations_service ON public.invoice_validations;
CREATE POLICY invoice_validations_service ON public.invoice_validations TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS invoice_validations_read_only ON public.invoice_validations;
CREATE POLICY invoice_validations_read_only ON public.invoice_validations FOR SELECT TO prism_read_only USING (true);

REVOKE ALL ON public.invoice_validations FROM PUBLIC, anon, authenticated, service_role, prism_read_only;
GRANT SELECT, INSERT ON public.invoice_validations TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.invoice_validations TO service_role;
GRANT SELECT ON public.invoice_validations TO prism_read_only;

COMMIT;
