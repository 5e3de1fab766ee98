/**
 * Real Redis server for one test file, in memory and on a port of its own. It ends with stop() or with the process that
 * started it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Redis } from "ioredis";
import { freePort } from "../support/free-port";

/**
 * The server's program. Debian's package redis-tools, which starts no service, has it under this name. It is the server
 * if called as `redis-server`.
 */
const program = "/usr/bin/redis-check-rdb";

export class ThrowAwayRedis {
  private constructor(
    readonly url: string,
    /** Client for the test's own commands. */
    readonly client: Redis,
    private readonly server: ChildProcess,
  ) {}

  static async start(): Promise<ThrowAwayRedis> {
    const port = await freePort();
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    // The kernel kills the server if the test process dies without stopping it.
    const server = spawn(
      "setpriv",
      ["--pdeathsig", "KILL", "bash", "-c", `exec -a redis-server ${program} "$@"`, "", ...args],
      {
        stdio: "ignore",
      },
    );
    const client = new Redis({ port, retryStrategy: () => 50, maxRetriesPerRequest: 100 });
    client.on("error", () => undefined);
    await client.ping();
    return new ThrowAwayRedis(`redis://127.0.0.1:${port}`, client, server);
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    const ended = once(this.server, "exit");
    this.server.kill("SIGKILL");
    await ended;
  }
}
