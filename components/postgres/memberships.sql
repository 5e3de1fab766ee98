-- Has the memberships of roles inherited, or not: runsheet.roles has the names of the roles, with commas between them, and
-- runsheet.inherit is true or false. Since PostgreSQL 16 every membership has that option, and ALTER ROLE changes none that
-- is there. Before, it is an attribute of the role, which the engine sets. Run by one who grants the memberships. Running it
-- again changes nothing.
SET search_path = '';
SET lock_timeout = '5s';
SET statement_timeout = '60s';

DO $$
DECLARE
  inherit CONSTANT boolean := current_setting('runsheet.inherit')::boolean;
  statement text;
BEGIN
  IF current_setting('server_version_num')::int < 160000 THEN
    RETURN;
  END IF;
  FOR statement IN
    SELECT format('GRANT %I TO %I WITH INHERIT %s GRANTED BY %I',
      pg_get_userbyid(roleid), rolname, upper(inherit::text), pg_get_userbyid(grantor))
    FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = member
    WHERE rolname = ANY (string_to_array(current_setting('runsheet.roles'), ',')) AND inherit_option <> inherit
    ORDER BY 1
  LOOP
    BEGIN
      EXECUTE statement;
    EXCEPTION
      WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'a membership was granted by another role, and % may not change it', current_user
          USING HINT = format('Run as a superuser or as that role, and run up again: %s;', statement);
    END;
  END LOOP;
END
$$;
