-- Takes from PUBLIC what every login of a shared server has in a new database: CONNECT, and CREATE in the schema public
-- (before PostgreSQL 15, or if somebody has granted it). Takes CONNECT from the roles that several systems use, by which the
-- other systems' logins would have it. Run by the database's owner. Running it again changes nothing.
--
-- Nobody is locked out silently: it refuses while another login has a session here, or rights of its own, and could not connect
-- any more. Rights of the shared roles are no reason, for the other systems' logins are members. The setting
-- runsheet.administrator names the administrator, who keeps CONNECT for extensions and grants; runsheet.shared has the names of
-- the shared roles, with commas between them.
SET search_path = '';
SET lock_timeout = '5s';
SET statement_timeout = '60s';

DO $$
DECLARE
  here CONSTANT oid := (SELECT oid FROM pg_database WHERE datname = current_database());
  shared CONSTANT oid[] := ARRAY(
    SELECT oid FROM pg_roles WHERE rolname = ANY (string_to_array(current_setting('runsheet.shared'), ',')));
  shared_role oid;
  locked_out text;
  place_owner oid;
BEGIN
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), current_setting('runsheet.administrator'));
  SELECT string_agg(format('GRANT CONNECT ON DATABASE %I TO %I;', current_database(), rolname), ' ' ORDER BY rolname)
  INTO locked_out
  FROM pg_roles AS r
  WHERE rolcanlogin AND NOT rolsuper
    AND NOT EXISTS (
      SELECT FROM pg_database AS d, aclexplode(d.datacl) AS a
      WHERE d.oid = here AND a.privilege_type = 'CONNECT' AND a.grantee <> 0 AND a.grantee <> ALL (shared)
        AND pg_has_role(r.oid, a.grantee, 'USAGE')
    )
    AND (
      EXISTS (SELECT FROM pg_stat_activity AS s WHERE s.datid = here AND s.usesysid = r.oid)
      OR EXISTS (
        SELECT FROM pg_shdepend AS s
        WHERE s.dbid = here AND s.refclassid = 'pg_catalog.pg_authid'::regclass AND s.deptype IN ('o', 'a')
          AND s.refobjid <> ALL (shared) AND pg_has_role(r.oid, s.refobjid, 'MEMBER')
      )
    )
    AND has_database_privilege(r.oid, here, 'CONNECT');
  IF locked_out IS NOT NULL THEN
    RAISE EXCEPTION 'other logins use the database %, and could not connect any more once PUBLIC may not', current_database()
      USING HINT = format('Let those connect that are to, and run up again: %s Take their rights and sessions from the others.', locked_out);
  END IF;
  EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database());
  FOREACH shared_role IN ARRAY shared LOOP
    EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM %I', current_database(), pg_get_userbyid(shared_role));
  END LOOP;

  SELECT nspowner INTO place_owner
  FROM pg_namespace AS n, aclexplode(n.nspacl) AS a
  WHERE nspname = 'public' AND a.grantee = 0 AND a.privilege_type = 'CREATE';
  IF place_owner IS NULL THEN
    RETURN;
  END IF;
  IF NOT pg_has_role(place_owner, 'USAGE') THEN
    RAISE EXCEPTION 'every login may create functions in the schema public of %, which the owner could run unawares', current_database()
      USING HINT = format(
        'Before PostgreSQL 15 the schema belongs to %s. Run as that role, in this database: GRANT CREATE ON SCHEMA public TO %I; REVOKE CREATE ON SCHEMA public FROM PUBLIC;',
        place_owner::regrole, current_user);
  END IF;
  REVOKE CREATE ON SCHEMA public FROM PUBLIC;
END
$$;
