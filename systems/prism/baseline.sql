-- The database that PRISM's Phase 5 runbook takes as given ("PostgreSQL 14+ with existing PRISM schema"): the tables of
-- PRISM that the migrations refer to. Only a stack without a real PRISM database runs this, after what Supabase provides
-- (components/supabase); staging and production have it all already.
--
-- Run by the database's owner, which needs no superuser's rights. Running it again changes nothing.
-- The roles anon, authenticated, service_role, prism_app and prism_read_only exist before this runs.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

GRANT USAGE ON SCHEMA auth, public TO prism_read_only;

-- PRISM before Phase 5.
CREATE TABLE IF NOT EXISTS public.businesses (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  owner_id uuid NOT NULL CONSTRAINT businesses_owner_id_fkey REFERENCES auth.users (id) ON DELETE CASCADE,
  name text NOT NULL CONSTRAINT businesses_name_check CHECK (name <> ''),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS idx_businesses_owner ON public.businesses (owner_id);

CREATE TABLE IF NOT EXISTS public.invoices (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  business_id uuid NOT NULL CONSTRAINT invoices_business_id_fkey REFERENCES public.businesses (id) ON DELETE CASCADE,
  invoice_number text NOT NULL,
  issued_on date NOT NULL DEFAULT current_date,
  total_amount numeric(18, 2) NOT NULL CONSTRAINT invoices_total_amount_check CHECK (total_amount >= 0),
  currency text NOT NULL DEFAULT 'NGN' CONSTRAINT invoices_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT invoices_business_id_invoice_number_key UNIQUE (business_id, invoice_number)
);

-- A user sees what is theirs; the services and the read-only role see everything; anon sees nothing.
ALTER TABLE public.businesses ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.invoices ENABLE ROW LEVEL SECURITY;

DROP POLICY IF EXISTS businesses_own ON public.businesses;
CREATE POLICY businesses_own ON public.businesses TO authenticated
  USING (owner_id = (SELECT auth.uid())) WITH CHECK (owner_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS businesses_service ON public.businesses;
CREATE POLICY businesses_service ON public.businesses TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS businesses_read_only ON public.businesses;
CREATE POLICY businesses_read_only ON public.businesses FOR SELECT TO prism_read_only USING (true);

DROP POLICY IF EXISTS invoices_own ON public.invoices;
CREATE POLICY invoices_own ON public.invoices TO authenticated
  USING (business_id IN (SELECT id FROM public.businesses WHERE owner_id = (SELECT auth.uid())))
  WITH CHECK (business_id IN (SELECT id FROM public.businesses WHERE owner_id = (SELECT auth.uid())));
DROP POLICY IF EXISTS invoices_service ON public.invoices;
CREATE POLICY invoices_service ON public.invoices TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS invoices_read_only ON public.invoices;
CREATE POLICY invoices_read_only ON public.invoices FOR SELECT TO prism_read_only USING (true);

REVOKE ALL ON public.businesses, public.invoices FROM PUBLIC, anon, authenticated, service_role, prism_read_only;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.businesses, public.invoices TO authenticated, service_role;
GRANT SELECT ON public.businesses, public.invoices TO prism_read_only;

-- What the smoke tests write belongs to this user, so that it can be told from real data.
INSERT INTO auth.users (id, email)
VALUES ('00000000-0000-4000-8000-000000000001', 'smoke-test@prism.invalid')
ON CONFLICT DO NOTHING;
INSERT INTO public.businesses (id, owner_id, name)
VALUES ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', 'Smoke test')
ON CONFLICT DO NOTHING;
INSERT INTO public.invoices (id, business_id, invoice_number, total_amount)
VALUES ('00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000002', 'SMOKE-TEST', 0)
ON CONFLICT DO NOTHING;

COMMIT;
