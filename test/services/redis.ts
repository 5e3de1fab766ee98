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

/** Process of a server. It ends with stop() or with the process that started it. */
export class RedisProcess {
  private constructor(private readonly server: ChildProcess) {}

  /** Starts a server with these arguments. It may not be ready yet. */
  static start(args: readonly string[]): RedisProcess {
    // The kernel kills the server if the test process dies without stopping it.
    const named = ["bash", "-c", `exec -a redis-server ${program} "$@"`, ""];
    return new RedisProcess(spawn("setpriv", ["--pdeathsig", "KILL", ...named, ...args], { stdio: "ignore" }));
  }

  /** Ends it, if it has not ended yet. */
  async stop(): Promise<void> {
    if (this.server.exitCode !== null || this.server.signalCode !== null) return;
    const ended = once(this.server, "exit");
    this.server.kill("SIGKILL");
    await ended;
  }
}

export class ThrowAwayRedis {
  private constructor(
    readonly url: string,
    /** Client for the test's own commands. */
    readonly client: Redis,
    private readonly server: RedisProcess,
  ) {}

  /** @param address address of this machine to listen on. Default: its own alone */
  static async start(address = "127.0.0.1"): Promise<ThrowAwayRedis> {
    const port = await freePort();
    const server = RedisProcess.start([
      ...["--port", String(port), "--bind", address, "--protected-mode", "no", "--save", "", "--appendonly", "no"],
    ]);
    const client = new Redis({ host: address, port, retryStrategy: () => 50, maxRetriesPerRequest: 100 });
    client.on("error", () => undefined);
    await client.ping();
    return new ThrowAwayRedis(`redis://${address}:${port}`, client, server);
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    await this.server.stop();
  }
}
