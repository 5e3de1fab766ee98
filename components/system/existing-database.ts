/** Checks of a database that exists, before anything is changed. */
import type { Check } from "../checks";
import type { Environment } from "../kubernetes/environment";
import type { Role } from "../postgres";
import { majorOf } from "../postgres/image";
import type { Connections, DatabaseNeeds, ExistingTables } from "./description";
import type { Foundation } from "./foundation";
import { schemaIsShipped } from "./parts";
import type { CommonSettings } from "./settings";

type ExistingSettings = Extract<CommonSettings["postgres"], { engine: "existing" }>;

/** Returns the settings of a database that exists. Undefined if the stack makes it. */
export const existingSettings = ({ postgres }: CommonSettings): ExistingSettings | undefined =>
  postgres.engine === "existing" ? postgres : undefined;

/** Returns the application's login as variables that begin with APPLICATION_, for checks with both logins. */
export function applicationEnvironment({ database, description }: Foundation): Environment {
  const login = database.login(description.database.applicationRole).environment();
  return Object.fromEntries(Object.entries(login).map(([name, value]) => [`APPLICATION_${name}`, value]));
}

/** Checks what the migrations, the dumps and the application need of the database. */
export function existingDatabase(
  { description, schema, args }: Pick<Foundation, "description" | "schema" | "args">,
  { schemas = ["public"], connections }: ExistingSettings,
): readonly Check[] {
  const { name: key, database } = description;
  const { extensions = [], tables } = database;
  const shipped = schemaIsShipped(args.settings);
  const ofSchema = schema && [
    dumpable(key, args.images.postgresql),
    migrationRights(key, schemas),
    ...(shipped ? shippedRoles(key, database) : []),
  ];
  return [
    ...logins(key),
    ...(ofSchema ?? []),
    ...(extensions.length > 0 ? [extensionsThere(extensions, shipped)] : []),
    ...(tables ? [ownership(key, tables), applicationRights(key, { ...database, tables }, "application")] : []),
    freeConnections(key, { pods: 1, each: { connections, key: "postgres.connections" }, ...database.connections }),
  ];
}

const list = (names: readonly string[]) =>
  `'{${names.map((name) => JSON.stringify(name).replaceAll("'", "''")).join(",")}}'::text[]`;

/** Finds the tables that are there, for FROM. A name would be an error for a role that may not use the schema. */
const found = (tables: readonly string[]) =>
  `(SELECT c.oid, relowner, nspname, nspname || '.' || relname AS name FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
      WHERE nspname || '.' || relname = ANY (${list(tables)})) AS found`;

const logins = (key: string): readonly Check[] => [
  {
    name: "the database answers",
    logins: "answer",
    hint: `Correct ${key}:databaseUrl or ${key}:databaseDirectUrl. If its certificate is not trusted, set ${key}:postgres.ca to the authority that signed it. To do without: end the URL with ?sslmode=require, or, for a server without TLS, ?sslmode=disable.`,
  },
  {
    name: "migrations keep their session",
    logins: "keep their session",
    hint: `They need locks and settings of a session. Set ${key}:databaseDirectUrl to the server itself, or to a pooler in session mode: with Supabase to port 5432, with Neon to the host without -pooler.`,
  },
  {
    name: "both URLs lead to one database",
    logins: "lead to one database",
    hint: `The migrations would change another database than the application uses: correct ${key}:databaseUrl or ${key}:databaseDirectUrl.`,
  },
];

/** Checks that pg_dump can dump the server. */
function dumpable(key: string, image: string): Check {
  const major = majorOf(image)!;
  return {
    name: "pg_dump is not older than the server",
    sql: `SELECT CASE WHEN current_setting('server_version_num')::int / 10000 > ${major} THEN current_setting('server_version') END AS later_version`,
    row: { later_version: null },
    hint: `pg_dump ${major} refuses later versions: set ${key}:postgres.image to an image of the server's.`,
    withinSeconds: 0,
  };
}

/** Checks that the migrations may create tables, and Sqitch its registry. */
const migrationRights = (key: string, schemas: readonly string[]): Check => ({
  name: "the rights of the migrations",
  sql: `SELECT ARRAY(SELECT name FROM unnest(${list(schemas)}) AS name WHERE to_regnamespace(quote_ident(name)) IS NULL) AS missing_schemas,
    ARRAY(
      SELECT privilege || ' ON SCHEMA ' || quote_ident(name) FROM unnest(${list(schemas)}) AS name, unnest('{USAGE,CREATE}'::text[]) AS privilege
      WHERE NOT has_schema_privilege(to_regnamespace(quote_ident(name)), privilege)
      UNION ALL SELECT 'CREATE ON DATABASE ' || quote_ident(current_database())
      WHERE to_regnamespace('sqitch') IS NULL AND NOT has_database_privilege(current_database(), 'CREATE')
    ) AS missing_rights`,
  row: { missing_schemas: [], missing_rights: [] },
  names: true,
  hint: `Correct ${key}:postgres.schemas; GRANT the rights to the user of ${key}:databaseDirectUrl, as the owner of the schema or of the database.`,
  withinSeconds: 0,
});

/** Checks the roles that the migrations grant rights to, and that the application gets these rights. */
function shippedRoles(key: string, { roles, applicationRole, actsAs, tables }: DatabaseNeeds): readonly Check[] {
  const there: Check = {
    name: "the roles of the migrations",
    sql: `SELECT ARRAY(SELECT name FROM unnest(${list(roles.map(({ name }) => name))}) AS name WHERE to_regrole(quote_ident(name)) IS NULL) AS missing`,
    row: { missing: [] },
    names: true,
    hint: `The migrations of Runsheet grant them rights. Create those that are missing: ${roles.map(creation).join(" ")}`,
    withinSeconds: 0,
  };
  const belongs: Check = {
    name: "the application's role",
    as: "application",
    sql: `SELECT current_user::text AS role, pg_has_role('${applicationRole}', '${actsAs === undefined ? "USAGE" : "MEMBER"}')
      OR EXISTS (SELECT FROM ${found(tables?.own ?? [])} WHERE pg_has_role(relowner, 'USAGE')) AS gets_rights`,
    row: { gets_rights: true },
    hint: `The migrations of Runsheet grant rights to ${applicationRole}. Log in as it with ${key}:databaseUrl, or GRANT ${applicationRole} to the user of that URL.`,
    withinSeconds: 0,
  };
  return [there, belongs];
}

/** SQL that creates a role. */
function creation({ name, login, memberOf = [], inherits = true }: Role): string {
  const groups = memberOf.length > 0 ? ` GRANT ${memberOf.join(", ")} TO ${name};` : "";
  return `CREATE ROLE ${name}${login ? " LOGIN" : ""}${inherits ? "" : " NOINHERIT"}${login ? " PASSWORD '...'" : ""};${groups}`;
}

/**
 * Checks that extensions are there, and that their types and operators are found without their schema.
 * @param all false if the migrations may create those that the server has
 */
export const extensionsThere = (names: readonly string[], all: boolean): Check => ({
  name: "the extensions",
  sql: `SELECT ARRAY(
      SELECT name || CASE WHEN available.name IS NULL THEN ' (the server does not have it)' ELSE '' END
      FROM unnest(${list(names)}) AS needed (name) LEFT JOIN pg_available_extensions AS available USING (name)
      WHERE name NOT IN (SELECT extname FROM pg_extension)${all ? "" : " AND available.name IS NULL"}
    ) AS missing,
    ARRAY(
      SELECT extname || ' in ' || extnamespace::regnamespace FROM pg_extension JOIN pg_namespace AS place ON place.oid = extnamespace
      WHERE extname = ANY (${list(names)}) AND nspname <> ALL (current_schemas(true))
    ) AS not_on_search_path`,
  row: { missing: [], not_on_search_path: [] },
  names: true,
  hint: 'CREATE EXTENSION for each that is missing, with Supabase: SCHEMA extensions. For one that is not on the search path: ALTER ROLE ... SET search_path = "$user", public, extensions.',
  withinSeconds: 0,
});

/** Checks that the migrations may alter the tables that are there, and refer to those of others. */
const ownership = (key: string, { own, referenced = [] }: ExistingTables): Check => ({
  name: "the owner of the existing tables",
  sql: `SELECT ARRAY(
      SELECT name || ' of ' || relowner::regrole FROM ${found(own)} WHERE NOT pg_has_role(relowner, 'USAGE') ORDER BY name
    ) AS not_owned,
    ARRAY(SELECT name FROM ${found(referenced)} WHERE NOT has_table_privilege(oid, 'REFERENCES') ORDER BY name) AS not_referable`,
  row: { not_owned: [], not_referable: [] },
  names: true,
  hint: `Only its owner alters a table: log in as that role with ${key}:databaseDirectUrl, or GRANT it to the user of that URL. For a table of others: GRANT REFERENCES ON it.`,
  withinSeconds: 0,
});

/**
 * Checks that the application may read and write the tables that are there.
 * @param as undefined if the check runs with the application's login
 */
export const applicationRights = (
  key: string,
  { tables: { own }, actsAs }: Pick<DatabaseNeeds, "actsAs"> & { readonly tables: ExistingTables },
  as?: "application",
): Check => ({
  name: "the application's rights on the existing tables",
  ...(as && { as }),
  sql: `SELECT ${actsAs === undefined ? "current_user" : "session_user"}::text AS role, ARRAY(
      SELECT privilege || ' ON ' || name FROM ${found(own)}, unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege
      WHERE NOT ${mayUse(actsAs, "has_table_privilege", "found.oid, privilege")}
      UNION SELECT 'USAGE ON SCHEMA ' || nspname FROM ${found(own)} WHERE NOT ${mayUse(actsAs, "has_schema_privilege", "nspname, 'USAGE'")} ORDER BY 1
    ) AS missing`,
  row: { missing: [] },
  names: true,
  hint: `GRANT these to the user of ${key}:databaseUrl, as the tables' owner.`,
  withinSeconds: 0,
});

/**
 * Asks whether the login has a right; an application that sets its role, whether it may set one that has it. The login is
 * the session's also where a check has set the role.
 */
const mayUse = (actsAs: string | undefined, question: string, what: string) =>
  actsAs === undefined
    ? `${question}(${what})`
    : `EXISTS (SELECT FROM pg_roles AS r WHERE pg_has_role(session_user, r.oid, 'MEMBER') AND ${question}(r.oid, ${what}))`;

const freeConnections = (key: string, { pods, each }: Required<Connections>): Check => ({
  name: "connections for every pod",
  logins: "find connections",
  ...{ pods, each: each.connections, ours },
  hint: `Set ${key}:${each.key} to the size of a pod's pool, raise the server's max_connections, or let ${key}:databaseUrl lead through a pooler in transaction mode.`,
});

/** Connections of Runsheet's own at the same time: those of a migration, a dump and checks. */
const ours = 5;
