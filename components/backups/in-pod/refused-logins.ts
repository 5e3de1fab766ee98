/**
 * Logins that are refused while a database is restored, with no more rights than the migrations have. The tables are
 * locked meanwhile in any case; a login that is refused stays out until the restored database is verified.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { escapeIdentifier, type Client } from "pg";

/** Changes that refuse logins, and that are undone to accept them. */
export interface RefusedLogins {
  /** Roles that must not log in. */
  readonly roles: readonly string[];
  /** Right to connect to the database. Default: it was not changed. */
  readonly connect?: {
    /** Grantees that lost it; "" is PUBLIC. */
    readonly revoked: readonly string[];
    /** Roles that had it from PUBLIC, and were granted it to keep it. */
    readonly granted: readonly string[];
  };
}

/** Outcome for each role that writes. */
export interface Refusal {
  readonly refused: readonly string[];
  /** Roles that cannot be refused. */
  readonly admitted: readonly string[];
}

/** Roles of a platform. It refuses changes of them, also where its server would permit them. */
const reserved =
  /^(authenticator|anon|authenticated|service_role|dashboard_user|pgbouncer|supabase_.*|neon_.*|cloud_admin)$/;

/** Time in which a session has to end, in seconds. */
const endSeconds = 10;

/**
 * Finds how the roles that may write into the schemas can be refused, other than the login itself, and changes nothing.
 */
export async function planRefusal(client: Client, schemas: readonly string[]): Promise<RefusedLogins> {
  const writing = await writers(client, schemas);
  const roles: string[] = [];
  for (const role of writing) if (!reserved.test(role) && (await permitted(client, noLogin(role)))) roles.push(role);
  const others = writing.filter((role) => !roles.includes(role));
  return others.length === 0 ? { roles } : { roles, connect: await planConnect(client, others) };
}

/** Refuses the logins, and ends the sessions of all roles that write, the login's other ones among them. */
export async function refuseLogins(client: Client, schemas: readonly string[], plan: RefusedLogins): Promise<Refusal> {
  await inTransaction(client, [...plan.roles.map(noLogin), ...(await connectStatements(client, plan, "refuse"))]);
  const writing = await writers(client, schemas);
  const connecting = await mayConnect(client, writing);
  const admitted = writing.filter((role) => connecting.includes(role));
  const refused = [...plan.roles, ...writing.filter((role) => !admitted.includes(role))];
  await endSessions(client, refused, admitted);
  return { refused, admitted };
}

/** Accepts the logins again. Doing it again changes nothing. */
export async function acceptLogins(client: Client, plan: RefusedLogins): Promise<void> {
  const there = await existing(client, plan.roles);
  await inTransaction(client, [...there.map(login), ...(await connectStatements(client, plan, "accept"))]);
}

const noLogin = (role: string) => `ALTER ROLE ${escapeIdentifier(role)} NOLOGIN`;
const login = (role: string) => `ALTER ROLE ${escapeIdentifier(role)} LOGIN`;

/** Lists the roles that log in and may write into a table of the schemas, also as a role that they can become. */
function writers(client: Client, schemas: readonly string[]): Promise<string[]> {
  return names(
    client,
    `SELECT l.rolname AS name FROM pg_roles l WHERE l.rolcanlogin AND NOT l.rolsuper AND l.rolname <> current_user AND EXISTS (
       SELECT FROM pg_roles g WHERE pg_has_role(l.oid, g.oid, 'MEMBER') AND NOT g.rolsuper AND g.rolname !~ '^pg_' AND EXISTS (
         SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY ($1)
           AND has_table_privilege(g.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')))
     ORDER BY 1`,
    [schemas],
  );
}

/** Finds who else would lose the right to connect with PUBLIC. Undefined if the login may not revoke it. */
async function planConnect(client: Client, writing: readonly string[]): Promise<RefusedLogins["connect"]> {
  const before = await mayConnect(client);
  const granted = await names(
    client,
    `SELECT CASE grantee WHEN 0 THEN '' ELSE pg_get_userbyid(grantee) END AS name
     FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
     WHERE datname = current_database() AND privilege_type = 'CONNECT'`,
  );
  const revoked = granted.filter((grantee) => grantee === "" || writing.includes(grantee));
  if (revoked.length === 0) return undefined;
  await client.query("BEGIN");
  try {
    for (const statement of await connectStatements(client, { roles: [], connect: { revoked, granted: [] } }, "refuse"))
      await client.query(statement);
    const after = await mayConnect(client);
    const lost = before.filter((role) => !after.includes(role));
    if (!writing.some((role) => lost.includes(role))) return undefined;
    return { revoked, granted: lost.filter((role) => !writing.includes(role)) };
  } finally {
    await client.query("ROLLBACK");
  }
}

/** Lists the roles that log in and may connect, or those of `among` that may. */
async function mayConnect(client: Client, among?: readonly string[]): Promise<string[]> {
  const all = await names(
    client,
    `SELECT rolname AS name FROM pg_roles WHERE rolcanlogin AND NOT rolsuper AND has_database_privilege(oid, current_database(), 'CONNECT') ORDER BY 1`,
  );
  return among ? all.filter((role) => among.includes(role)) : all;
}

async function connectStatements(
  client: Client,
  { connect }: RefusedLogins,
  what: "refuse" | "accept",
): Promise<string[]> {
  if (!connect) return [];
  const [database] = await names(client, "SELECT current_database() AS name");
  const right = `CONNECT ON DATABASE ${escapeIdentifier(database!)}`;
  const list = async (grantees: readonly string[]) => {
    const roles = await existing(client, grantees);
    return [...(grantees.includes("") ? ["PUBLIC"] : []), ...roles.map((role) => escapeIdentifier(role))].join(", ");
  };
  const [revoked, granted] = [await list(connect.revoked), await list(connect.granted)];
  const [first, second] =
    what === "refuse"
      ? [granted && `GRANT ${right} TO ${granted}`, `REVOKE ${right} FROM ${revoked}`]
      : [`GRANT ${right} TO ${revoked}`, granted && `REVOKE ${right} FROM ${granted}`];
  return [first, second].filter(Boolean);
}

/**
 * Ends the sessions of the roles and the login's other ones, as far as the login may. Waits for those of roles that
 * cannot come again.
 */
async function endSessions(client: Client, refused: readonly string[], admitted: readonly string[]): Promise<void> {
  const sessions = (roles: readonly string[], own: boolean) =>
    names(
      client,
      `SELECT pid::text AS name FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
       AND (usename = ANY ($1) OR $2 AND usename = current_user)`,
      [roles, own],
    );
  const end = async (pids: readonly string[]) => {
    for (const pid of pids) await client.query("SELECT pg_terminate_backend($1)", [Number(pid)]).catch(() => undefined);
  };
  await end(await sessions([...refused, ...admitted], true));
  for (const limit = Date.now() + endSeconds * 1000; Date.now() < limit; await sleep(200)) {
    const left = await sessions(refused, false);
    if (left.length === 0) return;
    await end(left);
  }
}

const existing = (client: Client, roles: readonly string[]) =>
  names(client, "SELECT rolname AS name FROM pg_roles WHERE rolname = ANY ($1) ORDER BY 1", [roles]);

/** Tells whether the login may run a statement, which is rolled back. */
async function permitted(client: Client, statement: string): Promise<boolean> {
  await client.query("BEGIN");
  try {
    await client.query(statement);
    return true;
  } catch {
    return false;
  } finally {
    await client.query("ROLLBACK");
  }
}

async function inTransaction(client: Client, statements: readonly string[]): Promise<void> {
  await client.query("BEGIN");
  try {
    for (const statement of statements) await client.query(statement);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

async function names(client: Client, sql: string, values: unknown[] = []): Promise<string[]> {
  return (await client.query<{ name: string }>(sql, values)).rows.map(({ name }) => name);
}
