/** Servers on which teams have their databases, with one interface. */
import { freePort } from "../../support/free-port";
import { NeonPostgres } from "../neon";
import { type Login, ThrowAwayPostgres } from "../postgres";
import { privateFile } from "../server-process";
import { SupabasePostgres, type SupabaseOptions } from "../supabase";
import { TestAuthority } from "../test-authority";

/** Login with its password. */
export interface Account {
  readonly user: string;
  readonly password: string;
}

export interface TeamServer {
  readonly postgres: ThrowAwayPostgres;
  readonly superuser: Login;
  /** Login of the migrations. It is no superuser. */
  readonly owner: Login;
  /** Certificate of the authority that signed the server's certificate, as PEM. */
  readonly ca: string;
  readonly caFile: string;
  /** Returns the URL of a login, by default the owner's, at the server itself. */
  direct(at?: { readonly login?: Account; readonly host?: string }): string;
  /** Returns the URL of a login at a pooler in transaction mode. Undefined if there is none. */
  pooled?(at?: { readonly login?: Account; readonly host?: string }): string;
  stop(): Promise<void>;
}

/** Supabase project. */
export async function supabaseServer(options: SupabaseOptions): Promise<TeamServer> {
  const server = await SupabasePostgres.start(options);
  return Object.assign(server, {
    direct: (at = {}) => server.url("direct", at),
    pooled: (at = {}) => server.url("pooled", at),
  });
}

/** Neon project. It sleeps after some milliseconds without a query. Default: never. */
export async function neonServer(podAddress?: string, suspendAfter?: number): Promise<TeamServer> {
  const server = await NeonPostgres.start({ podAddress, suspendAfter, startDelay: suspendAfter });
  return Object.assign(server, {
    direct: (at = {}) => server.url("direct", at),
    pooled: (at = {}) => server.url("pooled", at),
  });
}

/** Owner of the database on a PostgreSQL of the team's own. */
const owner: Account = { user: "pm_owner", password: "pm@pass:w/%rd" };

/** PostgreSQL of a team's own, with a database of its name, and the extensions that its administrator made there. */
export async function ownServer(
  database: string,
  extensions: readonly string[],
  podAddress?: string,
): Promise<TeamServer> {
  const addresses = ["127.0.0.1", ...(podAddress ? [podAddress] : [])];
  const authority = await TestAuthority.create();
  const port = await freePort();
  const postgres = await ThrowAwayPostgres.start({
    listen: { addresses, port, certificate: await authority.issue(["localhost", ...addresses]) },
    settings: { max_connections: "100", shared_preload_libraries: "pg_stat_statements" },
  });
  const superuser = { user: "postgres", database };
  await postgres.query(
    { ...superuser, database: "postgres" },
    `CREATE ROLE ${owner.user} LOGIN CREATEROLE PASSWORD '${owner.password}'`,
  );
  await postgres.query({ ...superuser, database: "postgres" }, `CREATE DATABASE ${database} OWNER ${owner.user}`);
  for (const name of extensions) await postgres.query(superuser, `CREATE EXTENSION ${name}`);
  return {
    ...{ postgres, superuser, owner: { user: owner.user, database } },
    ...{ ca: authority.pem, caFile: await privateFile(postgres.directory, "ca.crt", authority.pem) },
    direct: ({ login = owner, host = "localhost" } = {}) =>
      `postgresql://${login.user}:${encodeURIComponent(login.password)}@${host}:${port}/${database}`,
    stop: () => postgres.stop(),
  };
}
