/** Locks a tool: a machine builds it once at a time, whichever checkout asks for it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Tries to lock the file. The lock is held by a child process until its input closes, so it ends with this process
 * however that ends. Undefined if another process has it and `waiting` is not asked for.
 */
async function acquire(file: string, waiting: boolean): Promise<ChildProcess | undefined> {
  const mode = waiting ? [] : ["--nonblock"];
  const child = spawn("flock", [...mode, file, "sh", "-c", "echo locked; exec cat >/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true, // An interrupt in the terminal is for the build: the lock goes when the build has ended.
  });
  const failed = once(child, "error").then(([error]) => {
    throw new Error(`flock (package util-linux) cannot be run: ${(error as Error).message}`);
  });
  const ended = once(child, "close").then(() => undefined);
  const locked = once(child.stdout, "data").then(() => child);
  for (const outcome of [failed, ended, locked]) outcome.catch(() => undefined);
  return Promise.race([locked, ended, failed]);
}

/** Runs `work` while it holds the lock on `file`. If another process has the lock, it says so and waits. */
export async function locked<T>(file: string, title: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  let holder = await acquire(file, false);
  if (!holder) {
    console.log(`  ... ${title}: another process is at it, waiting`);
    holder = await acquire(file, true);
  }
  if (!holder) throw new Error(`${file} cannot be locked.`);
  try {
    return await work();
  } finally {
    holder.stdin?.end();
    await once(holder, "close");
  }
}
