/** Lock for starting and stopping the lab: one process at a time on a machine, from any checkout. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";

/** Path of the lock file. The runtime directory is no place for it, because it is removed while the lock is held. */
export const lockFile = "/run/runsheet-lab.lock";

// Takes the lock and holds it until its input ends. `-ef` tests whether the file was removed while this process waited.
// The lock is then on a file that no other process can open, and has to be taken again.
const holder = `exec 9>>"$1" && flock $2 9 && [ "$1" -ef /proc/self/fd/9 ] && echo locked && exec cat >/dev/null`;

/** Tries once to take the lock. Undefined if it is taken (`--nonblock`), or if the file was removed in the meantime. */
async function acquire(file: string, ...flags: string[]): Promise<ChildProcess | undefined> {
  const child = spawn("bash", ["-c", holder, "lock", file, ...flags], { stdio: ["pipe", "pipe", "inherit"] });
  const first = await Promise.race([once(child.stdout, "data"), once(child, "close").then(() => undefined)]);
  return first ? child : undefined;
}

/**
 * Runs `work` while holding the lock. Waits, with a message, while another process holds it. A child process holds the
 * lock and ends with its input, so that the lock is released however this process ends. Removes the lock file
 * afterwards.
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
