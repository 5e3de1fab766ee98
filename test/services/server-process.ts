/** Server program of a test in the background. It ends with stop() or with the process that started it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../lab/command";

/** User of Debian's package, as whom root starts the servers. */
const unprivileged = "postgres";
const startSeconds = 30;

export type Command = [program: string, ...args: string[]];

/** Creates a temporary directory. If this process is root, the directory belongs to the servers' user. */
export async function temporaryDirectory(name: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), `runsheet-${name}-`));
  if (process.getuid?.() === 0) {
    const [user, group] = await Promise.all(
      ["--user", "--group"].map(async (what) => Number(await run("id", [what, unprivileged]))),
    );
    await chown(directory, user!, group!);
  }
  return directory;
}

/** Writes a file that only the directory's owner reads. Returns its path. */
export async function privateFile(directory: string, name: string, content: string): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, content, { mode: 0o600 });
  const { uid, gid } = await stat(directory);
  await chown(file, uid, gid);
  return file;
}

/**
 * Returns the command that runs `program` as the directory's owner: PostgreSQL and PgBouncer refuse to run as root. The
 * kernel sends `signal` to the program if the test process dies without stopping it.
 */
export async function asOwner(
  directory: string,
  signal: "INT" | "TERM",
  [program, ...args]: Command,
): Promise<Command> {
  const stopWithParent = ["--pdeathsig", signal];
  if (process.getuid?.() !== 0) return ["setpriv", ...stopWithParent, program, ...args];
  const { uid, gid } = await stat(directory);
  const identity = ["--reuid", String(uid), "--regid", String(gid), "--init-groups"];
  return ["setpriv", ...identity, ...stopWithParent, program, ...args];
}

export class ServerProcess {
  /** Output of the server to stderr. */
  log = "";

  private constructor(
    private readonly name: string,
    private readonly server: ChildProcess,
  ) {
    server.stderr?.on("data", (chunk: Buffer) => (this.log += chunk.toString()));
  }

  /** Starts a server and waits until its log has `ready`. Throws with the log if it ends, or after 30 s. */
  static async start(name: string, [program, ...args]: Command, ready: string): Promise<ServerProcess> {
    const server = new ServerProcess(name, spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] }));
    await server.untilItSays(ready);
    return server;
  }

  get running(): boolean {
    return this.server.exitCode === null && this.server.signalCode === null;
  }

  /** Stops the server and waits for its end. */
  async stop(signal: "SIGINT" | "SIGTERM" | "SIGQUIT"): Promise<void> {
    if (!this.running) return;
    this.server.kill(signal);
    await once(this.server, "exit");
  }

  private async untilItSays(ready: string): Promise<void> {
    const deadline = Date.now() + startSeconds * 1000;
    while (!this.log.includes(ready)) {
      if (!this.running || Date.now() > deadline) {
        await this.stop("SIGTERM");
        throw new Error(`${this.name} did not start:\n${this.log}`);
      }
      await sleep(20);
    }
  }
}
