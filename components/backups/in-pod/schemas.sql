-- Schemas of the database, each with what a dump does with it: saved, platform, closed (the login may not use it) or missing.
-- `wanted`: names, one per line, or * for all but the platform's own. The history of the migrations is always saved.
-- A platform's schema is told by its name or its owner's, unless the login owns it: a team may have an "auth" of its own.
-- `extensions` has nothing but extensions, also where the login owns it.
SELECT CASE
    WHEN NOT (wanted OR history) AND :'wanted' <> '*' THEN 'other'
    WHEN NOT (wanted OR history) AND platform THEN 'platform'
    WHEN NOT usable THEN 'closed'
    ELSE 'saved' END, nspname
FROM (
  SELECT nspname, nspname = ANY (string_to_array(:'wanted', E'\n')) AS wanted,
    nspname IN ('sqitch', 'supabase_migrations', 'drizzle', 'runsheet') AS history, has_schema_privilege(oid, 'USAGE') AS usable,
    nspname = 'extensions' OR nspname <> 'public' AND pg_get_userbyid(nspowner) <> current_user AND (
      nspname ~ ('^(_?realtime|_analytics|_supavisor|auth|cron|dbdev|etl|graphql|graphql_public|net|pgbouncer|pgmq|pgsodium|pgsodium_masks'
        '|pgtle|repack|storage|supabase_.*|_?timescaledb_.*|vault|neon|neon_.*)$')
      OR pg_get_userbyid(nspowner) ~ '^(supabase_.*|pgbouncer|cloud_admin|neon_superuser)$'
      OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
    ) AS platform
  FROM pg_namespace n WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'
) AS schemas
UNION ALL
SELECT 'missing', name FROM unnest(string_to_array(:'wanted', E'\n')) AS name
WHERE name <> '*' AND NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = name)
ORDER BY 1, 2;
