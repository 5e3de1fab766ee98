/**
 * PostgreSQL that is set up as a Neon project is: the owner's rights, TLS required, a direct and a pooled address, and
 * suspended when idle. It ends with stop() or with the process that started it.
 *
 * Differences to Neon: the CA is private; the pooler is PgBouncer itself, without channel binding; no role or database
 * is reported to a control plane; event triggers and untrusted extensions are refused; before PostgreSQL 16 the owner
 * may alter neon_superuser.
 */
import { join } from "node:path";
import { freePort } from "../support/free-port";
import { ThrowAwayPgBouncer } from "./pgbouncer";
import { type Login, ThrowAwayPostgres } from "./postgres";
import { ScaleToZero, type ScaleToZeroOptions } from "./scale-to-zero";
import { privateFile } from "./server-process";
import { TestAuthority } from "./test-authority";
import { WakingProxy } from "./waking-proxy";

export interface NeonOptions extends ScaleToZeroOptions {
  /** Address of this machine that pods reach. It is in the certificate, and listened on. Default: none. */
  readonly podAddress?: string;
  /** Connections of the pooler to the server, for each user and database. Default: 64. */
  readonly poolSize?: number;
}

/** Direct connection, or the pooler in transaction mode (`-pooler` in the host name at Neon, and here another port). */
export type NeonAddress = "direct" | "pooled";

/** Owner's login. The password has to be escaped in a URL. */
const owner = { user: "neondb_owner", password: "npg@pass:w/%rd" };
const administrator = { name: "cloud_admin", password: "cloud-admin-secret" };
const loopback = "127.0.0.1";

export class NeonPostgres {
  /** Bootstrap superuser, for the test's own preparations through the Unix socket. It does not wake the server. */
  readonly superuser: Login = { user: administrator.name, database: "neondb" };
  /** Owner's login. It is no superuser. */
  readonly owner: Login = { user: owner.user, database: "neondb" };
  private readonly proxies: WakingProxy[] = [];
  private readonly scale: ScaleToZero;

  private constructor(
    /** Server itself. Its Unix socket asks for no password, and is closed while the server is suspended. */
    readonly postgres: ThrowAwayPostgres,
    private readonly pooler: ThrowAwayPgBouncer,
    /** Certificate of the authority that signed the servers' certificates, as PEM. */
    readonly ca: string,
    /** File with `ca`. It is deleted with the server. */
    readonly caFile: string,
    private readonly ports: Readonly<Record<NeonAddress, number>>,
    options: ScaleToZeroOptions,
  ) {
    this.scale = new ScaleToZero(
      {
        start: async () => {
          await postgres.resume();
          await pooler.resume();
        },
        stop: async () => {
          await pooler.suspend();
          await postgres.suspend();
        },
        lastActive: () => this.lastActive(),
      },
      options,
    );
  }

  /** Starts the server and its pooler. They run at first, and are suspended as soon as they were idle long enough. */
  static async start(options: NeonOptions = {}): Promise<NeonPostgres> {
    const addresses = [loopback, ...(options.podAddress ? [options.podAddress] : [])];
    const authority = await TestAuthority.create();
    const certificate = await authority.issue(["localhost", ...addresses]);
    const ports = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    const [direct, pooled, server, pooler] = ports;
    const tls = { addresses: [loopback], certificate, tlsOnly: true };
    const postgres = await ThrowAwayPostgres.start({
      superuser: administrator.name,
      listen: { ...tls, port: server },
      settings: { max_connections: "104" },
    });
    let neon: NeonPostgres | undefined;
    try {
      const passwords = { password: owner.password, pooler_password: administrator.password };
      const variables = Object.entries(passwords).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
      const database = { user: administrator.name, database: "postgres" };
      await postgres.psql(database, [...variables, "--file", join(__dirname, "neon.sql")]);
      const caFile = await privateFile(postgres.directory, "ca.crt", authority.pem);
      const pgbouncer = await ThrowAwayPgBouncer.start({
        ...{ listen: { ...tls, port: pooler }, server: { host: loopback, port: server }, poolMode: "transaction" },
        ...{ poolSize: options.poolSize ?? 64, authUser: administrator },
        authQuery: "SELECT rolname, rolpassword FROM pg_authid WHERE rolname = $1 AND rolcanlogin",
      });
      neon = new NeonPostgres(postgres, pgbouncer, authority.pem, caFile, { direct, pooled }, options);
      await neon.listen(addresses, { direct: server, pooled: pooler });
      return neon;
    } catch (error) {
      await (neon ?? postgres).stop();
      throw error;
    }
  }

  /** Returns the URL of a login at an address, as Neon's console shows it. Default: the owner's, at localhost. */
  url(address: NeonAddress, { login = owner, host = "localhost" } = {}): string {
    const binding = address === "direct" ? "&channel_binding=require" : "";
    const user = `${login.user}:${encodeURIComponent(login.password)}`;
    return `postgresql://${user}@${host}:${this.ports[address]}/neondb?sslmode=require${binding}`;
  }

  get suspended(): boolean {
    return this.scale.suspended;
  }

  /** Number of starts after suspensions. */
  get starts(): number {
    return this.scale.starts;
  }

  /** Suspends the server now. Its sessions end. The next connection starts it. */
  suspend(): Promise<void> {
    return this.scale.suspend();
  }

  /** Stops the servers, and deletes their directories. */
  async stop(): Promise<void> {
    await Promise.all([this.scale.close(), ...this.proxies.map((proxy) => proxy.stop())]);
    await this.pooler.stop();
    await this.postgres.stop();
  }

  private async listen(addresses: readonly string[], targets: Readonly<Record<NeonAddress, number>>): Promise<void> {
    for (const address of ["direct", "pooled"] as const) {
      const target = {
        port: targets[address],
        awake: () => this.scale.awake(),
        touch: () => this.scale.touch(),
      };
      this.proxies.push(await WakingProxy.start(addresses, this.ports[address], target));
    }
  }

  /** Reads the activity as Neon's monitor does: an open transaction is active, an idle session is not. */
  private async lastActive(): Promise<Date | undefined> {
    const [row] = await this.postgres.query<{ active: Date | null }>(
      this.superuser,
      `SELECT max(CASE state WHEN 'idle' THEN state_change ELSE clock_timestamp() END) AS active FROM pg_stat_activity
       WHERE backend_type = 'client backend' AND usename <> 'cloud_admin'`,
    );
    return row?.active ?? undefined;
  }
}
