-- SQL that takes the login's default privileges in `schemas` and in the whole database back, in the psql variable
-- without_default_privileges, and SQL that gives it those in the whole database again, in default_privileges. They would add to
-- the rights of what is restored, or take from them. Those in the schemas are in the dump.
WITH defaults AS (
  SELECT defaclnamespace, defaclacl, CASE defaclnamespace WHEN 0 THEN
      acldefault(CASE defaclobjtype WHEN 'S' THEN 's' ELSE defaclobjtype END, defaclrole) END AS builtin,
    CASE defaclnamespace WHEN 0 THEN '' ELSE format(' IN SCHEMA %s', defaclnamespace::regnamespace) END AS place,
    CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES'
      WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS kind
  FROM pg_catalog.pg_default_acl a LEFT JOIN pg_catalog.pg_namespace n ON n.oid = defaclnamespace
  WHERE defaclrole = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)
    AND (defaclnamespace = 0 OR nspname = ANY (string_to_array(:'schemas', E'\n')))
), rights AS (
  SELECT defaclnamespace, is_now,
    format('ALTER DEFAULT PRIVILEGES%s REVOKE ALL ON %s FROM %s; ', place, kind, role) AS "revoke",
    format('ALTER DEFAULT PRIVILEGES%s GRANT %s ON %s TO %s%s; ', place, privilege_type, kind, role, option) AS "grant"
  FROM defaults, (VALUES (true), (false)) AS which (is_now), aclexplode(CASE WHEN is_now THEN defaclacl ELSE builtin END) AS e,
    LATERAL (SELECT CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE e.grantee::regrole::text END AS role,
      CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS option) AS words
)
SELECT concat(string_agg(DISTINCT "revoke", '') FILTER (WHERE is_now), string_agg("grant", '') FILTER (WHERE NOT is_now))
    AS without_default_privileges,
  concat(string_agg(DISTINCT "revoke", '') FILTER (WHERE NOT is_now), string_agg("grant", '') FILTER (WHERE is_now AND defaclnamespace = 0))
    AS default_privileges
FROM rights
\gset
