-- Included by deploy/0002_add_rag_metrics.sql: takes over what may be there already, and refuses what another made.
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- the script that includes this sets them

-- Takes ai_dialogue_log in its base version: marks it as extended, behind the comment that it has. One that this change
-- made or extended before is taken as it is, any other is refused: it would fail the verification.
CREATE OR REPLACE FUNCTION pg_temp.take_base_version() RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  existing regclass := to_regclass('public.ai_dialogue_log');
  described text := coalesce(obj_description(existing, 'pg_class'), '');
  base text := 'created_at timestamp with time zone not null default now(), id uuid not null default gen_random_uuid(), '
    || 'model_used text, query text not null, response text not null, session_id uuid not null, '
    || 'updated_at timestamp with time zone not null default now(), user_id uuid';
  change text := '0002_add_rag_metrics';
  found text;
BEGIN
  IF existing IS NULL OR described ~ '(Made|Extended) by Sqitch change 0002_add_rag_metrics\.$' THEN
    RETURN;
  END IF;
  SELECT string_agg(
    concat_ws(
      ' ',
      attname,
      format_type(atttypid, atttypmod),
      CASE WHEN attnotnull THEN 'not null' END,
      'default ' || pg_get_expr(adbin, adrelid)
    ),
    ', ' ORDER BY attname
  )
  INTO found
  FROM pg_attribute
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE attrelid = existing AND attnum > 0 AND NOT attisdropped;
  IF found IS DISTINCT FROM base THEN
    RAISE EXCEPTION 'table ai_dialogue_log exists already and is not the base version: expected (%), it has (%)', base, found
      USING HINT = 'Make it the base version, or rename it, then run again.';
  END IF;
  PERFORM pg_temp.mark_found_index(index_name, 'CREATE INDEX ON public.ai_dialogue_log USING ' || definition, change)
  FROM (
    VALUES ('idx_ai_dialogue_created_at', 'btree (created_at)'),
      ('idx_ai_dialogue_session', 'btree (session_id, created_at)'),
      ('idx_ai_dialogue_model', 'btree (model_used, created_at)'),
      -- Of columns that are not there yet.
      ('idx_ai_dialogue_citations', 'gin (citations jsonb_path_ops)'),
      ('idx_ai_dialogue_uncited', 'btree (created_at) WHERE (citations = ''[]''::jsonb)')
  ) AS named (index_name, definition);
  PERFORM pg_temp.mark_found_trigger('ai_dialogue_log', 'update_ai_dialogue_log_updated_at',
    'CREATE TRIGGER BEFORE UPDATE FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column()', change);
  EXECUTE format('COMMENT ON TABLE public.ai_dialogue_log IS %L',
    ltrim(described || ' Extended by Sqitch change 0002_add_rag_metrics.'));
END
$$;

-- Makes an enum with these labels. One that this change made before is known by its comment.
CREATE OR REPLACE FUNCTION pg_temp.make_enum(type_name text, VARIADIC labels text[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  existing oid := to_regtype('public.' || quote_ident(type_name));
  mark text := 'Made by Sqitch change 0002_add_rag_metrics.';
BEGIN
  IF existing IS NULL THEN
    EXECUTE format('CREATE TYPE public.%I AS ENUM (%s)', type_name,
      (SELECT string_agg(quote_literal(label), ', ' ORDER BY position)
       FROM unnest(labels) WITH ORDINALITY AS listed (label, position)));
    EXECUTE format('COMMENT ON TYPE public.%I IS %L', type_name, mark);
  ELSIF obj_description(existing, 'pg_type') IS DISTINCT FROM mark THEN
    RAISE EXCEPTION 'type % exists already and was not made by this migration: rename or remove it, then run again',
      type_name;
  END IF;
END
$$;
