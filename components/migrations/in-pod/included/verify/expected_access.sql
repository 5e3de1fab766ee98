-- Included by expectations.sql: who may do what: row security, its policies, and privileges.
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- expectations.sql sets them

CREATE OR REPLACE FUNCTION pg_temp.expect_row_security(table_name text) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM pg_temp.expect(
    (SELECT relrowsecurity FROM pg_class WHERE oid = to_regclass('public.' || quote_ident(table_name))),
    format('row security is off on %s', table_name)
  );
END
$$;

-- What a policy lets a role read, and write. Without a condition for what is written, that for what is read counts.
CREATE OR REPLACE FUNCTION pg_temp.printed_policy(of_table regclass, policy_name text) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
  RETURN (
    SELECT concat_ws(' ',
      'USING (' || pg_get_expr(polqual, polrelid) || ')',
      'WITH CHECK (' || pg_get_expr(
        coalesce(polwithcheck, CASE WHEN polcmd IN ('*', 'w') THEN polqual END), polrelid) || ')')
    FROM pg_policy WHERE polrelid = of_table AND polname = policy_name
  );
END
$$;

-- A policy for this role and command, with exactly this condition: for what is read and for what is written.
CREATE OR REPLACE FUNCTION pg_temp.expect_policy(
  table_name text, policy_name text, command text, role_name text, condition text DEFAULT 'true'
)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  made regclass := to_regclass('public.' || quote_ident(table_name));
  found pg_policies;
  ours text := concat_ws(' ', CASE WHEN command <> 'INSERT' THEN format('USING (%s)', condition) END,
    CASE WHEN command IN ('INSERT', 'UPDATE', 'ALL') THEN format('WITH CHECK (%s)', condition) END);
  lets text := pg_temp.printed_policy(made, policy_name);
  copy regclass;
  printed text[];
BEGIN
  SELECT * INTO found FROM pg_policies
  WHERE schemaname = 'public' AND tablename = table_name AND policyname = policy_name;
  PERFORM pg_temp.expect(found.policyname IS NOT NULL, format('policy %s is missing on %s', policy_name, table_name));
  PERFORM pg_temp.expect(
    found.permissive = 'PERMISSIVE' AND found.cmd = command AND found.roles = ARRAY[role_name]::name[],
    format('policy %s on %s is %s for %s to %s, expected PERMISSIVE for %s to %s', policy_name, table_name,
      found.permissive, found.cmd, array_to_string(found.roles, ', '), command, role_name)
  );
  copy := pg_temp.copy_columns(table_name);
  PERFORM pg_temp.define(format('policy %s on %s', policy_name, table_name),
    format('CREATE POLICY expected ON %s FOR %s %s', copy, command, ours));
  printed := ARRAY[pg_temp.printed_policy(copy, 'expected')];
  -- As it is printed in a database that was restored from a dump.
  EXECUTE format('CREATE POLICY restored ON %s FOR %s %s', copy, command, printed[1]);
  printed := printed || pg_temp.printed_policy(copy, 'restored');
  EXECUTE format('DROP TABLE %s', copy);
  PERFORM pg_temp.expect(lets = ANY (printed),
    regexp_replace(format('policy %s on %s is %s, expected %s', policy_name, table_name, lets, printed[1]), '\s+', ' ', 'g'));
END
$$;

-- No policy but these: policies add up, so one that somebody put there by hand may open the table.
CREATE OR REPLACE FUNCTION pg_temp.expect_no_other_policy(table_name text, expected text[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  others text;
BEGIN
  SELECT string_agg(policyname, ', ' ORDER BY policyname) INTO others
  FROM pg_policies
  WHERE schemaname = 'public' AND tablename = table_name AND policyname <> ALL (expected);
  PERFORM pg_temp.expect(others IS NULL, format('%s has policies that nobody expected: %s', table_name, others));
END
$$;

-- What the role may do with the table is exactly this, in the order of the list below; '' is nothing. What it may do with
-- some columns alone is followed by these, such as "UPDATE (read_at, acted_at)".
CREATE OR REPLACE FUNCTION pg_temp.expect_privileges(table_name text, role_name text, expected text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  made regclass := to_regclass('public.' || quote_ident(table_name));
  known text[] := '{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}';
  found text;
BEGIN
  IF current_setting('server_version_num')::integer >= 170000 THEN
    known := known || 'MAINTAIN'::text;
  END IF;
  SELECT coalesce(string_agg(privilege || what, ', ' ORDER BY position, what), '') INTO found
  FROM unnest(known) WITH ORDINALITY AS listed (privilege, position),
    LATERAL (
      SELECT has_table_privilege(role_name, made, privilege) AS has_it,
        has_table_privilege(role_name, made, privilege || ' WITH GRANT OPTION') AS grants_it
    ) AS of_table,
    LATERAL (
      SELECT CASE WHEN grants_it THEN ' WITH GRANT OPTION' ELSE '' END AS what WHERE has_it
      UNION ALL
      -- Of columns, what it does not have of the table.
      SELECT format(' (%s)', string_agg(attname || CASE WHEN
          has_column_privilege(role_name, made, attnum, privilege || ' WITH GRANT OPTION') THEN ' WITH GRANT OPTION' ELSE ''
        END, ', ' ORDER BY attnum))
      FROM pg_attribute
      WHERE attrelid = made AND attnum > 0 AND NOT attisdropped
        AND CASE
          WHEN grants_it OR privilege NOT IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') THEN false
          WHEN has_it THEN has_column_privilege(role_name, made, attnum, privilege || ' WITH GRANT OPTION')
          ELSE has_column_privilege(role_name, made, attnum, privilege)
        END
      HAVING count(*) > 0
    ) AS may;
  PERFORM pg_temp.expect(found = expected,
    format('%s may do "%s" on %s, expected "%s"', role_name, found, table_name, expected));
END
$$;
