/** Real PgBouncer in front of a PostgreSQL server, on a port of its own. It ends with stop() or with its starter. */
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { installed, unpacked } from "../../lab/packages";
import type { Listening } from "./postgres";
import { asOwner, privateFile, ServerProcess, temporaryDirectory } from "./server-process";

export interface PgBouncerOptions {
  /** Clients' addresses. Their logins need a password (SCRAM). */
  readonly listen: Listening;
  /** PostgreSQL server that the connections lead to, by TCP and with TLS. */
  readonly server: { readonly host: string; readonly port: number };
  /** Time for which a client keeps a server connection. */
  readonly poolMode: "session" | "transaction";
  /** Greatest number of server connections for each pair of user and database. Default: 20. */
  readonly poolSize?: number;
  /** Login that asks the server for the SCRAM secrets of the clients' users. */
  readonly authUser: { readonly name: string; readonly password: string };
  /** Query that returns name and secret for the user name $1. The returned name is the one that logs in to the server. */
  readonly authQuery: string;
}

export class ThrowAwayPgBouncer {
  private process: ServerProcess | undefined;

  private constructor(
    /** Directory of the configuration. */
    readonly directory: string,
  ) {}

  /** Starts PgBouncer. Its package is unpacked and not installed: installed, it would start as a service. */
  static async start(options: PgBouncerOptions): Promise<ThrowAwayPgBouncer> {
    const program = await pgBouncerProgram();
    const pgbouncer = new ThrowAwayPgBouncer(await temporaryDirectory("pgbouncer"));
    try {
      await pgbouncer.configure(program, options);
      await pgbouncer.resume();
      return pgbouncer;
    } catch (error) {
      await pgbouncer.stop();
      throw error;
    }
  }

  /** Starts PgBouncer again after suspend(). Throws with the log if it does not start. */
  async resume(): Promise<void> {
    const { directory } = this;
    const command = await asOwner(directory, "TERM", [join(directory, "pgbouncer"), join(directory, "pgbouncer.ini")]);
    this.process = await ServerProcess.start("PgBouncer", command, "process up: PgBouncer");
  }

  /** Stops PgBouncer and ends all its connections. */
  async suspend(): Promise<void> {
    await this.process?.stop("SIGTERM");
  }

  /** Stops PgBouncer, and deletes its directory. */
  async stop(): Promise<void> {
    await this.suspend();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async configure(program: string, options: PgBouncerOptions): Promise<void> {
    const { directory } = this;
    const { listen, server, authUser } = options;
    // The user of the servers cannot read root's cache.
    await copyFile(program, join(directory, "pgbouncer"));
    const users = `${quoted(authUser.name)} ${quoted(authUser.password)}\n`;
    const settings = {
      listen_addr: listen.addresses.join(","),
      listen_port: String(listen.port),
      unix_socket_dir: "",
      auth_type: "scram-sha-256",
      auth_file: await privateFile(directory, "users.txt", users),
      auth_query: options.authQuery,
      pool_mode: options.poolMode,
      default_pool_size: String(options.poolSize ?? 20),
      ignore_startup_parameters: "extra_float_digits",
      server_tls_sslmode: "require",
      ...(await tls(directory, listen)),
    };
    const lines = [
      ...["[databases]", `* = host=${server.host} port=${server.port} auth_user=${authUser.name}`, "[pgbouncer]"],
      ...Object.entries(settings).map(([name, value]) => `${name} = ${value}`),
    ];
    await privateFile(directory, "pgbouncer.ini", `${lines.join("\n")}\n`);
  }
}

/** Returns the path of PgBouncer's program. Its libraries are installed. */
export async function pgBouncerProgram(): Promise<string> {
  await installed(["libc-ares2", "libevent-2.1-7"]);
  return join(await unpacked(["pgbouncer"]), "usr", "sbin", "pgbouncer");
}

/** Returns the settings for clients with TLS. */
async function tls(directory: string, { certificate, tlsOnly }: Listening): Promise<Record<string, string>> {
  if (!certificate) return { client_tls_sslmode: "disable" };
  return {
    client_tls_sslmode: tlsOnly ? "require" : "allow",
    client_tls_cert_file: await privateFile(directory, "server.crt", certificate.cert),
    client_tls_key_file: await privateFile(directory, "server.key", certificate.key),
  };
}

/** Quotes a name or password of the file of users. */
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
