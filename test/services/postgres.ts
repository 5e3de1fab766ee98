/**
 * Real PostgreSQL server for one test file, with its own data directory and Unix socket in a temporary directory. It
 * ends with stop() or with the process that started it.
 */
import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { localeOptions } from "../../components/postgres/locale";
import { run } from "../../lab/command";
import { asOwner, privateFile, ServerProcess, temporaryDirectory } from "./server-process";
import type { Certificate } from "./test-authority";

const packages = "postgresql sqitch libdbd-pg-perl";
const root = "/usr/lib/postgresql";

/** User and database of a connection. */
export interface Login {
  user: string;
  database: string;
}

/** Server that is reached by TCP as well. Logins by TCP need a password (SCRAM). */
export interface Listening {
  /** Addresses of this machine. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** Default: no TLS. */
  readonly certificate?: Certificate;
  /** Refuses connections without TLS. Default: false. */
  readonly tlsOnly?: boolean;
}

export interface ServerOptions {
  /** Name of the bootstrap superuser. Default: postgres. */
  readonly superuser?: string;
  /** Default: only the Unix socket, without a password. */
  readonly listen?: Listening;
  /** Settings of postgresql.conf. Default: none but those of a fast server. */
  readonly settings?: Readonly<Record<string, string>>;
}

const fast = {
  ...{ listen_addresses: "", fsync: "off", synchronous_commit: "off", full_page_writes: "off" },
  ...{ autovacuum: "off", shared_buffers: "32MB", max_connections: "30" },
};

export class ThrowAwayPostgres {
  private server: ServerProcess | undefined;

  private constructor(
    /** Directory of the server's programs, including psql. */
    readonly programs: string,
    /** Directory of the data and the socket. */
    readonly directory: string,
    /** Port of the socket, and of the addresses if there are any. */
    readonly port: number,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** Starts a server. Throws with the packages to install if this machine has no PostgreSQL. */
  static async start(options: ServerOptions = {}): Promise<ThrowAwayPostgres> {
    const version = newestServer();
    const programs = dirname(programOf(version, "postgres"));
    const directory = await temporaryDirectory("postgres");
    const data = join(directory, "data");
    const [initialise, ...initialiseArguments] = await asOwner(directory, "INT", [
      join(programs, "initdb"),
      ...["--pgdata", data, "--username", options.superuser ?? "postgres", "--auth", "trust", "--no-sync"],
      // Same locale as in the databases of a stack.
      ...localeOptions(version),
    ]);
    await run(initialise, initialiseArguments);
    const listening = options.listen ? await listen(data, options.listen) : {};
    const settings = { ...fast, ...listening, ...options.settings };
    const postgres = new ThrowAwayPostgres(programs, directory, options.listen?.port ?? 5432, settings);
    try {
      await postgres.resume();
      return postgres;
    } catch (error) {
      await postgres.stop();
      throw error;
    }
  }

  /** Starts the server again after suspend(). Throws with the log if it does not start. */
  async resume(): Promise<void> {
    const command = await asOwner(this.directory, "INT", [
      join(this.programs, "postgres"),
      ...["-D", join(this.directory, "data"), "-k", this.directory],
      ...Object.entries(this.settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ]);
    this.server = await ServerProcess.start("PostgreSQL", command, "database system is ready to accept connections");
  }

  /** Log of the server since its last start. */
  get log(): string {
    return this.server?.log ?? "";
  }

  /** Stops the server and ends its sessions. The data stays. */
  async suspend(): Promise<void> {
    await this.server?.stop("SIGINT");
  }

  /** Ends the server without a checkpoint, as a crash does. The data stays. */
  async crash(): Promise<void> {
    await this.server?.stop("SIGQUIT");
  }

  /** Tells whether a role is superuser. */
  async isSuperuser(role: string): Promise<boolean> {
    const sql = "SELECT rolsuper FROM pg_roles WHERE rolname = $1";
    const [row] = await this.query<{ rolsuper: boolean }>(asSuperuser(), sql, [role]);
    return row!.rolsuper;
  }

  /** Environment variables for psql, Sqitch and other programs that use libpq. */
  environment(login: Login): Record<string, string> {
    return {
      PATH: `${this.programs}:${process.env.PATH ?? ""}`,
      PGHOST: this.directory,
      PGPORT: String(this.port),
      PGUSER: login.user,
      PGDATABASE: login.database,
    };
  }

  /** Runs psql until the first error, and returns its output. Throws CommandFailed with the error. */
  psql(login: Login, args: readonly string[]): Promise<string> {
    return run("psql", ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", ...args], {
      env: this.environment(login),
    });
  }

  /** Connects, runs `work`, and always disconnects. */
  async connected<Result>(login: Login, work: (client: Client) => Promise<Result>): Promise<Result> {
    const client = new Client({ host: this.directory, port: this.port, user: login.user, database: login.database });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  /** Runs one query and returns its rows. */
  async query<Row>(login: Login, text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.connected(login, async (client) => (await client.query(text, [...values])).rows as Row[]);
  }

  /** Stops the server, and deletes its directory. */
  async stop(): Promise<void> {
    await this.suspend();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Login of the server's superuser. */
export const asSuperuser = (database = "postgres"): Login => ({ user: "postgres", database });

/** Writes the certificate and the rules for logins by TCP into the data directory. Returns the settings. */
async function listen(data: string, { addresses, port, certificate, tlsOnly }: Listening) {
  const host = tlsOnly ? "hostssl" : "host";
  await privateFile(data, "pg_hba.conf", `local all all trust\n${host} all all 0.0.0.0/0 scram-sha-256\n`);
  const address = { listen_addresses: addresses.join(","), port: String(port) };
  if (!certificate) return address;
  const files = {
    ssl_cert_file: await privateFile(data, "server.crt", certificate.cert),
    ssl_key_file: await privateFile(data, "server.key", certificate.key),
  };
  return { ...address, ...files, ssl: "on" };
}

/** Major version of the newest installed server. Throws with the packages to install if there is none. */
export function newestServer(): number {
  const versions = existsSync(root) ? readdirSync(root).map(Number).filter(Boolean) : [];
  const found = versions.sort((one, other) => other - one).find((version) => existsSync(programOf(version, "initdb")));
  if (found !== undefined) return found;
  throw new Error(
    `no PostgreSQL server in ${root}/*/bin, which the tests of the migrations need: ` +
      `apt-get install -y --no-install-recommends ${packages}`,
  );
}

/** Path of a server program. Debian does not put them on the PATH. */
const programOf = (version: number, program: string): string => join(root, String(version), "bin", program);
