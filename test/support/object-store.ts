/**
 * Real object store for one test file, on a port of its own. It ends with stop() or with the process that started it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../lab/command";
import { bucket } from "../../lab/cluster/addresses";
import {
  bucketDirectory,
  objectStoreArguments,
  ownerVariables,
  prepareObjectStore,
  writer,
} from "../../lab/cluster/object-store";
import { tool } from "../../lab/toolchain";
import { eventually } from "./cluster";
import { freePort } from "./free-port";

export class ThrowAwayStore {
  private constructor(
    readonly port: number,
    private readonly root: string,
    private readonly server: ChildProcess,
    private readonly mounted: boolean,
  ) {}

  /** Starts a store with a capacity of `megabytes`. Default: limited by this machine's disk. */
  static async start(megabytes?: number): Promise<ThrowAwayStore> {
    const program = join(await tool("versitygw"), "versitygw");
    const root = mkdtempSync(join(tmpdir(), "runsheet-store-"));
    if (megabytes) await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", root]);
    prepareObjectStore(root);
    const port = await freePort();
    const options = objectStoreArguments(root, `127.0.0.1:${port}`);
    // The kernel kills the store if the test process dies without stopping it.
    const env = { ...process.env, ...Object.fromEntries(ownerVariables.map((name) => [name, randomUUID()])) };
    const server = spawn("setpriv", ["--pdeathsig", "KILL", program, ...options], { stdio: "ignore", env });
    const store = new ThrowAwayStore(port, root, server, megabytes !== undefined);
    await eventually("the object store answers", async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok, 10);
    return store;
  }

  /** Path of the file that holds an object. */
  file(...name: string[]): string {
    return join(bucketDirectory(this.root), ...name);
  }

  /** Environment variables for a client of the store. `port` can be a proxy's. */
  environment(folder: string, port = this.port, keys = writer): Record<string, string> {
    return {
      STORE_ENDPOINT: `http://127.0.0.1:${port}`,
      STORE_BUCKET: bucket,
      STORE_FOLDER: folder,
      STORE_ACCESS_KEY_ID: keys.access,
      STORE_SECRET_ACCESS_KEY: keys.secret,
      STORE_REGION: "us-east-1",
    };
  }

  async stop(): Promise<void> {
    const ended = once(this.server, "exit");
    this.server.kill("SIGKILL");
    await ended;
    if (this.mounted) await run("umount", [this.root]);
    rmSync(this.root, { recursive: true });
  }
}
