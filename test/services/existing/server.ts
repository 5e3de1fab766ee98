/** Server of an existing database, with poolers in front of it, and checks of its logins. */
import { Client } from "pg";
import type { Check } from "../../../components/checks/check";
import { runChecks, type RunnerResult } from "../../support/checks-runner";
import { freePort } from "../../support/free-port";
import { loginsEnvironment } from "../../support/url-environment";
import { ThrowAwayPgBouncer } from "../pgbouncer";
import { asSuperuser, ThrowAwayPostgres, type ServerOptions } from "../postgres";
import { privateFile } from "../server-process";
import { TestAuthority } from "../test-authority";

/** Password of both logins, which has to be escaped in a URL. */
const password = "p@ss:w/%rd";
const addresses = ["127.0.0.1"];

interface Login {
  readonly user?: string;
  readonly database?: string;
}

export class ExistingServer {
  private readonly poolers: ThrowAwayPgBouncer[] = [];

  private constructor(
    readonly postgres: ThrowAwayPostgres,
    readonly port: number,
    /** File with the authority that signed the server's certificate. */
    readonly caFile: string,
  ) {}

  /** Starts a server with the databases data and staging, their owner, and the application's role app. */
  static async start({ settings }: Pick<ServerOptions, "settings"> = {}): Promise<ExistingServer> {
    const authority = await TestAuthority.create();
    const certificate = await authority.issue(addresses);
    const port = await freePort();
    const postgres = await ThrowAwayPostgres.start({ listen: { addresses, port, certificate }, settings });
    const caFile = await privateFile(postgres.directory, "ca.crt", authority.pem);
    for (const role of ["owner", "app"])
      await postgres.query(asSuperuser(), `CREATE ROLE "${role}" LOGIN PASSWORD '${password}'`);
    await postgres.query(asSuperuser(), "CREATE ROLE pooler SUPERUSER LOGIN PASSWORD 'secret'");
    for (const database of ["data", "staging"])
      await postgres.query(asSuperuser(), `CREATE DATABASE ${database} OWNER "owner"`);
    return new ExistingServer(postgres, port, caFile);
  }

  /** Returns the URL of a login. Default: the application's. */
  url({ user = "app", database = "data" }: Login = {}, port = this.port): string {
    return `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  }

  /** Returns the URL of the owner at the server itself. */
  direct(database = "data"): string {
    return this.url({ user: "owner", database });
  }

  /** Starts a PgBouncer, and returns the URL of a login through it. */
  async pool(poolMode: "session" | "transaction", poolSize: number, login: Login = {}): Promise<string> {
    const port = await freePort();
    const pooler = await ThrowAwayPgBouncer.start({
      ...{ poolMode, poolSize, server: { host: "127.0.0.1", port: this.port }, listen: { addresses, port } },
      authUser: { name: "pooler", password: "secret" },
      authQuery: "SELECT rolname, rolpassword FROM pg_authid WHERE rolname = $1",
    });
    this.poolers.push(pooler);
    return this.url(login, port);
  }

  async stopPoolers(): Promise<void> {
    await Promise.all(this.poolers.splice(0).map((pooler) => pooler.stop()));
  }

  async stop(): Promise<void> {
    await this.stopPoolers();
    await this.postgres.stop();
  }
}

/** Runs one check with both logins. `both` are variables of both, such as PGSSLROOTCERT. */
export const ask = (check: Check, urls: Parameters<typeof loginsEnvironment>[0], both = {}): Promise<RunnerResult> =>
  runChecks([check], { environment: loginsEnvironment(urls, both) });

export const passed = (name: string): RunnerResult => ({
  code: 0,
  stdout: `ok     ${name}\n1 of 1 checks passed\n`,
  stderr: "",
});

export const failed = (name: string, reason: string): RunnerResult => ({
  code: 1,
  stdout: `FAILED ${name}\n`,
  stderr: `FAILED ${name}: ${reason}\n`,
});

/** Runs `work` while other clients run statements and transactions through the same address. */
export async function besideOthers<Result>(url: string, count: number, work: () => Promise<Result>): Promise<Result> {
  let over = false;
  const clients = await Promise.all(
    Array.from({ length: count }, async () => {
      const client = new Client({ connectionString: url });
      await client.connect();
      return client;
    }),
  );
  const busy = clients.map(async (client, index) => {
    while (!over) {
      await client.query(`BEGIN; SELECT pg_sleep(${(index % 3) / 200})`);
      await client.query("COMMIT; SELECT 1");
    }
    await client.end();
  });
  try {
    return await work();
  } finally {
    over = true;
    await Promise.all(busy);
  }
}
