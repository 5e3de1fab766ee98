-- Objects elsewhere that depend on objects in `schemas` (one per line), and therefore go when these are replaced.
-- `part`: statement (SQL that makes a trigger, a policy or a publication's table again), lacks (rights that the login needs for
-- that) or other (those of other kinds). Event triggers are not among them: what they call is not replaced.
SET search_path = '';
SELECT current_setting('server_version_num')::int >= 150000 AS filters \gset
\if :filters
\set columns r.prattrs
\set filter r.prqual
\else
\set columns NULL::int2vector
\set filter NULL::pg_node_tree
\endif
WITH saved AS (
  SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ANY (string_to_array(:'schemas', E'\n'))
), inside AS (
  SELECT classid, objid FROM pg_catalog.pg_depend d
  WHERE refclassid = 'pg_catalog.pg_namespace'::regclass AND refobjid IN (SELECT oid FROM saved)
    -- Extensions are not replaced.
    AND classid <> 'pg_catalog.pg_extension'::regclass
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e')
), parts (classid, objid, relation) AS (
  SELECT 'pg_catalog.pg_trigger'::regclass, oid, tgrelid FROM pg_catalog.pg_trigger
  UNION ALL SELECT 'pg_catalog.pg_policy'::regclass, oid, polrelid FROM pg_catalog.pg_policy
  UNION ALL SELECT 'pg_catalog.pg_attrdef'::regclass, oid, adrelid FROM pg_catalog.pg_attrdef
  UNION ALL SELECT 'pg_catalog.pg_rewrite'::regclass, oid, ev_class FROM pg_catalog.pg_rewrite
), outside AS (
  SELECT DISTINCT d.classid, d.objid, relation
  FROM pg_catalog.pg_depend d JOIN inside i ON i.classid = d.refclassid AND i.objid = d.refobjid
  LEFT JOIN parts p ON p.classid = d.classid AND p.objid = d.objid
  WHERE d.classid NOT IN ('pg_catalog.pg_amop'::regclass, 'pg_catalog.pg_amproc'::regclass, 'pg_catalog.pg_event_trigger'::regclass)
    -- It is made with what is inside, such as the cast of a range type.
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e JOIN inside o ON o.classid = e.refclassid AND o.objid = e.refobjid
      WHERE e.classid = d.classid AND e.objid = d.objid AND e.objsubid = 0 AND e.deptype = 'i')
    AND coalesce(
    (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = relation),
    (SELECT connamespace FROM pg_catalog.pg_constraint k WHERE d.classid = 'pg_catalog.pg_constraint'::regclass AND k.oid = d.objid),
    (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE quote_ident(n.nspname) = (pg_identify_object(d.classid, d.objid, 0)).schema), 0
  ) NOT IN (SELECT oid FROM saved UNION SELECT 'pg_toast'::regnamespace)
)
SELECT :"part" FROM (
  SELECT CASE WHEN statement IS NULL THEN description END AS other, statement, description || ' needs ' || lacks AS lacks
  FROM (
    SELECT coalesce('view ' || (SELECT relation::regclass::text WHERE o.classid = 'pg_catalog.pg_rewrite'::regclass),
        pg_describe_object(o.classid, o.objid, 0)) AS description,
      CASE
        WHEN t.oid IS NOT NULL THEN pg_get_triggerdef(t.oid) || CASE tgenabled WHEN 'O' THEN ';'
          ELSE format('; ALTER TABLE %s %s TRIGGER %I;', tgrelid::regclass,
            CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE REPLICA' END, tgname) END
        WHEN p.oid IS NOT NULL THEN format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', polname, polrelid::regclass,
            CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
            CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
            (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ') FROM unnest(polroles) AS role))
          || coalesce(' USING (' || pg_get_expr(polqual, polrelid) || ')', '')
          || coalesce(' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')', '') || ';'
        WHEN r.oid IS NOT NULL THEN format('ALTER PUBLICATION %I ADD TABLE ONLY %s', pubname, prrelid::regclass)
          || coalesce((SELECT ' (' || string_agg(quote_ident(attname), ', ') || ')' FROM pg_catalog.pg_attribute
            WHERE attrelid = prrelid AND attnum = ANY (:columns)), '')
          || coalesce(' WHERE (' || pg_get_expr(:filter, prrelid) || ')', '') || ';'
      END AS statement,
      CASE
        WHEN t.oid IS NOT NULL AND NOT has_table_privilege(tgrelid, 'TRIGGER') THEN format('the right TRIGGER on %s', tgrelid::regclass)
        -- Supabase lets its `postgres` make policies on these tables by this setting.
        WHEN p.oid IS NOT NULL AND NOT pg_has_role((SELECT relowner FROM pg_catalog.pg_class c WHERE c.oid = polrelid), 'USAGE')
          AND coalesce(current_setting('supautils.policy_grants', true), '') = '' THEN format('the ownership of %s', polrelid::regclass)
        WHEN r.oid IS NOT NULL AND NOT pg_has_role(pubowner, 'USAGE') THEN format('the ownership of the publication %I', pubname)
      END AS lacks
    FROM outside o
    LEFT JOIN pg_catalog.pg_trigger t ON o.classid = 'pg_catalog.pg_trigger'::regclass AND t.oid = o.objid
    LEFT JOIN pg_catalog.pg_policy p ON o.classid = 'pg_catalog.pg_policy'::regclass AND p.oid = o.objid
    LEFT JOIN (pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication u ON u.oid = prpubid)
      ON o.classid = 'pg_catalog.pg_publication_rel'::regclass AND r.oid = o.objid
    WHERE t.oid IS NULL OR NOT tgisinternal
  ) AS found
) AS parts WHERE :"part" IS NOT NULL ORDER BY 1;
