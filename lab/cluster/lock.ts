/** One start or stop of the lab at a time on a machine, whichever checkout it comes from. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";

/** Beside the runtime directory, not in it: that one comes and goes while the lock is held. */
export const lockFile = "/run/runsheet-lab.lock";

// Waits for the lock and then for the end of its input. `-ef`: the file may have been removed while this one waited;
// then the lock is one on a file that nobody else sees, and another try is due.
const holder = `exec 9>>"$1" && flock $2 9 && [ "$1" -ef /proc/self/fd/9 ] && echo locked && exec cat >/dev/null`;

/** Tries once; undefined if the lock is taken (`--nonblock`) or the file was removed meanwhile. */
async function acquire(file: string, ...flags: string[]): Promise<ChildProcess | undefined> {
  const child = spawn("bash", ["-c", holder, "lock", file, ...flags], { stdio: ["pipe", "pipe", "inherit"] });
  const first = await Promise.race([once(child.stdout, "data"), once(child, "close").then(() => undefined)]);
  return first ? child : undefined;
}

/**
 * Runs `work` while it holds the lock; waits, and says so, while another process holds it. The lock ends with this process,
 * however that ends: a child process holds it, and that one ends with its input. Nothing is left of it afterwards.
 */
export async function exclusively<T>(work: () => Promise<T>, file = lockFile): Promise<T> {
  let child = await acquire(file, "--nonblock");
  if (!child) {
    const owner = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
    console.log(
      `  ... the lab is being started or stopped by another process${owner && ` (pid ${owner})`}: waiting for it`,
    );
    while (!child) child = await acquire(file);
  }
  writeFileSync(file, `${process.pid}\n`);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
    child.stdin?.end();
    await once(child, "close");
  }
}
