/**
 * Redis of a team outside of the cluster: TLS with a certificate of an authority of its own, a user and a password. It
 * ends with stop() or with the process that started it.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { hostAddress } from "../../../lab/cluster/addresses";
import { RedisProcess } from "../../services/redis";
import { TestAuthority } from "../../services/test-authority";
import { freePort } from "../free-port";

const login = { user: "omniops", password: "p@ss:w/%rd" };

export class TeamRedis {
  private constructor(
    private readonly address: string,
    readonly port: number,
    /** Authority of its certificate, as PEM. */
    readonly ca: string,
    /** Client for the test's own commands. */
    readonly client: Redis,
    private readonly server: RedisProcess,
    private readonly directory: string,
  ) {}

  /** Starts an empty Redis. */
  static async start(address = hostAddress): Promise<TeamRedis> {
    const port = await freePort();
    const directory = mkdtempSync(join(tmpdir(), "runsheet-team-redis-"));
    const authority = await TestAuthority.create();
    const { cert, key } = await authority.issue([address]);
    const files = { "tls.crt": cert, "tls.key": key, "redis.conf": configuration(address, port, directory) };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text, { mode: 0o600 });
    const server = RedisProcess.start([join(directory, "redis.conf")]);
    const client = new Redis(url(address, port), {
      ...{ tls: { ca: authority.pem }, retryStrategy: () => 50, maxRetriesPerRequest: 100 },
    });
    client.on("error", () => undefined);
    await client.ping();
    return new TeamRedis(address, port, authority.pem, client, server, directory);
  }

  /** URL for `redisUrl`. Default password: the right one. */
  url(password?: string): string {
    return url(this.address, this.port, password);
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    await this.server.stop();
    rmSync(this.directory, { recursive: true });
  }
}

const url = (address: string, port: number, password = login.password) =>
  `rediss://${login.user}:${encodeURIComponent(password)}@${address}:${port}`;

/** Nobody gets in without TLS, and nobody without the login. */
const configuration = (address: string, port: number, directory: string) =>
  [
    `bind ${address}`,
    "port 0",
    `tls-port ${port}`,
    `tls-cert-file ${join(directory, "tls.crt")}`,
    `tls-key-file ${join(directory, "tls.key")}`,
    // Demanded although clients show no certificate.
    `tls-ca-cert-file ${join(directory, "tls.crt")}`,
    "tls-auth-clients no",
    "user default off",
    `user ${login.user} on >${login.password} ~* &* +@all`,
    'save ""',
    "appendonly no",
    "",
  ].join("\n");
