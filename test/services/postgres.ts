/**
 * Real PostgreSQL server for one test file, with its own data directory and Unix socket in a temporary directory, and
 * without a port. It ends with stop() or with the process that started it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { localeOptions } from "../../components/postgres/locale";
import { run } from "../../lab/command";

const packages = "postgresql sqitch libdbd-pg-perl";
const superuser = "postgres";
const root = "/usr/lib/postgresql";

/** User and database of a connection. */
export interface Login {
  user: string;
  database: string;
}

export class ThrowAwayPostgres {
  private constructor(
    /** Directory of the server's programs, including psql. */
    readonly programs: string,
    /** Directory of the data and the socket. */
    readonly directory: string,
    private readonly server: ChildProcess,
  ) {}

  /** Starts a server. Throws with the packages to install if this machine has no PostgreSQL. */
  static async start(): Promise<ThrowAwayPostgres> {
    const version = newestServer();
    const programs = dirname(programOf(version, "postgres"));
    const directory = await mkdtemp(join(tmpdir(), "runsheet-postgres-"));
    const asUser = await unprivileged(directory);
    const data = join(directory, "data");
    const [initialise, ...initialiseArguments] = asUser(join(programs, "initdb"), [
      ...["--pgdata", data, "--username", superuser, "--auth", "trust", "--no-sync"],
      // Same locale as in the databases of a stack.
      ...localeOptions(version),
    ]);
    await run(initialise, initialiseArguments);
    const [serve, ...serveArguments] = asUser(join(programs, "postgres"), [
      ...["-D", data, "-k", directory],
      ...settings({ listen_addresses: "", fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
      ...settings({ autovacuum: "off", shared_buffers: "32MB", max_connections: "30" }),
    ]);
    const server = spawn(serve, serveArguments, { stdio: ["ignore", "ignore", "pipe"] });
    const postgres = new ThrowAwayPostgres(programs, directory, server);
    await postgres.untilReady();
    return postgres;
  }

  /** Environment variables for psql, Sqitch and other programs that use libpq. */
  environment(login: Login): Record<string, string> {
    return {
      PATH: `${this.programs}:${process.env.PATH ?? ""}`,
      PGHOST: this.directory,
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
    const client = new Client({ host: this.directory, user: login.user, database: login.database });
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
    if (this.server.exitCode === null) {
      this.server.kill("SIGINT");
      await once(this.server, "exit");
    }
    await rm(this.directory, { recursive: true, force: true });
  }

  private async untilReady(): Promise<void> {
    let log = "";
    this.server.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString()));
    const deadline = Date.now() + 30_000;
    while (!log.includes("database system is ready to accept connections")) {
      if (this.server.exitCode !== null || Date.now() > deadline) {
        await this.stop();
        throw new Error(`PostgreSQL did not start:\n${log}`);
      }
      await sleep(20);
    }
  }
}

/** Login of the server's superuser. */
export const asSuperuser = (database = "postgres"): Login => ({ user: superuser, database });

function settings(values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
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

type Wrap = (program: string, args: string[]) => [string, ...string[]];

/**
 * PostgreSQL refuses to run as root. Root therefore runs it as the user postgres, who becomes the directory's owner.
 * The kernel stops the server if the test process dies without stopping it.
 */
async function unprivileged(directory: string): Promise<Wrap> {
  const stopWithParent = ["--pdeathsig", "INT"];
  if (process.getuid?.() !== 0) return (program, args) => ["setpriv", ...stopWithParent, program, ...args];
  const [user, group] = await Promise.all(
    ["--user", "--group"].map(async (what) => Number(await run("id", [what, superuser]))),
  );
  await chown(directory, user!, group!);
  const identity = ["--reuid", String(user), "--regid", String(group), "--init-groups"];
  return (program, args) => ["setpriv", ...identity, ...stopWithParent, program, ...args];
}
