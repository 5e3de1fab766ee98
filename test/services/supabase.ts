/**
 * PostgreSQL that is set up as a Supabase project is: roles, schemas, owners, event triggers, publications, and a direct
 * and two pooled addresses. It ends with stop() or with the process that started it.
 *
 * Differences to a hosted project, since the server has no module supautils: postgres cannot create event triggers,
 * publications for all tables or untrusted extensions; it owns the extensions that it creates; policies on the
 * platform's tables need the tables' owner. Before PostgreSQL 16 it may alter reserved roles, which Supabase refuses:
 * see statementsOnReservedRoles().
 */
import { join } from "node:path";
import { freePort } from "../support/free-port";
import { ThrowAwayPgBouncer } from "./pgbouncer";
import { type Login, ThrowAwayPostgres } from "./postgres";
import { privateFile } from "./server-process";
import { type Certificate, TestAuthority } from "./test-authority";

export interface SupabaseOptions {
  /** Address of this machine that pods reach. It is in the certificate, and listened on. Default: none. */
  readonly podAddress?: string;
  /** Extensions that supabase_admin owns, in the schema extensions, beside those of a new project. Default: none. */
  readonly extensions?: readonly string[];
  /** Gives the API's roles all privileges on new tables of public, as projects before June 2026. Default: true. */
  readonly apiPrivileges?: boolean;
  /** Switches row-level security on for new tables of public, as an option of the dashboard. Default: false. */
  readonly automaticRowSecurity?: boolean;
  /** Connections of each pooler to the server, for each user. Default: 15, as at Supabase. */
  readonly poolSize?: number;
  /** Settings of the server, as the project's plan or its owner has them. Default: 60 connections. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Direct connection, or a pooler in session or transaction mode. The poolers' user name has the project's name. */
export type SupabaseAddress = "direct" | "session" | "pooled";

/** Customer's login, and the password of every role of the platform. The password has to be escaped in a URL. */
const owner = { user: "postgres", password: "sb@pass:w/%rd" };
const poolerPassword = "pgbouncer-secret";
const project = "abcdefghijklmnopqrst";
const scripts = join(__dirname, "supabase");

const reserved =
  "anon|authenticated|service_role|authenticator|dashboard_user|pgbouncer|supabase_(?:admin|auth_admin|storage_admin|" +
  "realtime_admin|replication_admin|etl_admin|read_only_user|privileged_role)";
const onReservedRole = new RegExp(
  `\\b(?:(?:ALTER|DROP)\\s+(?:ROLE|USER|GROUP)|(?:GRANT|REVOKE)(?:\\s+\\w+\\s+OPTION\\s+FOR)?)\\s+"?(?:${reserved})\\b`,
  "i",
);

export class SupabasePostgres {
  /** Bootstrap superuser, for the test's own preparations through the Unix socket. */
  readonly superuser: Login = { user: "supabase_admin", database: "postgres" };
  /** Customer's login. It is no superuser. */
  readonly owner: Login = { user: owner.user, database: "postgres" };
  readonly password = owner.password;
  private readonly poolers: ThrowAwayPgBouncer[] = [];
  /** Length of the server's log when the set-up was done. */
  private setUpLog = 0;

  private constructor(
    /** Server itself. Its Unix socket asks for no password. */
    readonly postgres: ThrowAwayPostgres,
    /** Certificate of the authority that signed the servers' certificates, as PEM. */
    readonly ca: string,
    /** File with `ca`. */
    readonly caFile: string,
    private readonly ports: Readonly<Record<SupabaseAddress, number>>,
  ) {}

  static async start(options: SupabaseOptions = {}): Promise<SupabasePostgres> {
    const names = ["localhost", "127.0.0.1", ...(options.podAddress ? [options.podAddress] : [])];
    const addresses = names.slice(1);
    const authority = await TestAuthority.create();
    const certificate = await authority.issue(names);
    const [direct, session, pooled] = await Promise.all([freePort(), freePort(), freePort()]);
    const postgres = await ThrowAwayPostgres.start({
      superuser: "supabase_admin",
      listen: { addresses, port: direct, certificate },
      settings: {
        ...{ wal_level: "logical", shared_preload_libraries: "pg_stat_statements", max_connections: "60" },
        ...{ log_statement: "ddl", ...options.settings },
      },
    });
    const caFile = await privateFile(postgres.directory, "ca.crt", authority.pem);
    const supabase = new SupabasePostgres(postgres, authority.pem, caFile, { direct, session, pooled });
    try {
      await supabase.setUp(options);
      await supabase.startPooler("session", addresses, certificate, options.poolSize);
      await supabase.startPooler("pooled", addresses, certificate, options.poolSize);
      return supabase;
    } catch (error) {
      await supabase.stop();
      throw error;
    }
  }

  /**
   * Returns the URL of a login at an address, without an sslmode: Supabase accepts connections with and without TLS.
   * `host` defaults to localhost, `login` to the customer's.
   */
  url(address: SupabaseAddress, { login = owner, host = "localhost" } = {}): string {
    const user = address === "direct" ? login.user : `${login.user}.${project}`;
    const password = encodeURIComponent(login.password);
    return `postgresql://${user}:${password}@${host}:${this.ports[address]}/postgres`;
  }

  /**
   * Returns the statements of the log that alter, drop, grant or revoke a role which Supabase reserves for itself. There
   * they fail. Statements inside of functions and DO blocks are not seen.
   */
  statementsOnReservedRoles(): string[] {
    const log = this.postgres.log.slice(this.setUpLog);
    const statements = [...log.matchAll(/LOG: {2}(?:statement|execute [^:]*): (.*(?:\n\t.*)*)/g)];
    return statements.map(([, sql]) => sql!.replaceAll("\n\t", "\n")).filter((sql) => onReservedRole.test(sql));
  }

  /** Stops the servers, and deletes their directories. */
  async stop(): Promise<void> {
    await Promise.all(this.poolers.map((pooler) => pooler.stop()));
    await this.postgres.stop();
  }

  private async setUp(options: SupabaseOptions): Promise<void> {
    const passwords = ["--set", `password=${owner.password}`, "--set", `pooler_password=${poolerPassword}`];
    const optional = [
      ...(options.automaticRowSecurity ? ["automatic-row-security.sql"] : []),
      ...(options.apiPrivileges === false ? ["no-api-privileges.sql"] : []),
    ];
    for (const file of ["roles.sql", "schemas.sql", "event-triggers.sql", ...optional])
      await this.postgres.psql(this.superuser, [...passwords, "--file", join(scripts, file)]);
    for (const name of options.extensions ?? [])
      await this.postgres.query(this.superuser, `CREATE EXTENSION "${name}" WITH SCHEMA extensions`);
    this.setUpLog = this.postgres.log.length;
  }

  private async startPooler(
    address: "session" | "pooled",
    addresses: readonly string[],
    certificate: Certificate,
    poolSize = 15,
  ): Promise<void> {
    const pooler = await ThrowAwayPgBouncer.start({
      listen: { addresses, port: this.ports[address], certificate },
      server: { host: "127.0.0.1", port: this.ports.direct },
      poolMode: address === "session" ? "session" : "transaction",
      poolSize,
      authUser: { name: "pgbouncer", password: poolerPassword },
      // A dedicated pooler is asked for the role alone, a shared one for role and project.
      authQuery: `SELECT * FROM pgbouncer.get_auth(regexp_replace($1, '[.]${project}$', ''))`,
    });
    this.poolers.push(pooler);
  }
}
