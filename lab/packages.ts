/**
 * Debian packages. Those that only add programs are installed. Those that would start a service are unpacked into the
 * cache.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandFailed, run } from "./command";
import { cache } from "./paths";
import { step } from "./progress";

const quiet = { DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_SUSPEND: "1" };
const lockWaitSeconds = 600;

/** Throws unless packages can be installed: as root, on Debian or a system derived from it. */
export function demandDebian(): void {
  if (process.getuid?.() !== 0)
    throw new Error("The lab needs root (namespaces, cgroups, apt-get): start it as root, or with sudo.");
  if (!existsSync("/usr/bin/apt-get"))
    throw new Error(
      "The lab needs Debian 12 or a system made from it: there is no /usr/bin/apt-get here. " +
        "On another system, deploy into a cluster you have: npm run up -- --context NAME",
    );
}

/** Runs apt-get. Retries for ten minutes while another package manager holds one of its locks. */
async function aptGet(args: readonly string[], directory?: string): Promise<string> {
  const end = Date.now() + lockWaitSeconds * 1000;
  for (;;) {
    try {
      const waiting = ["-o", `DPkg::Lock::Timeout=${lockWaitSeconds}`];
      return await run("apt-get", [...args, ...waiting], { env: quiet, cwd: directory });
    } catch (error) {
      const locked =
        error instanceof CommandFailed && /(Could not get|Unable to (acquire|lock)).*lock/i.test(error.output);
      if (!locked || Date.now() > end) throw error;
      await sleep(2000);
    }
  }
}

/**
 * Runs `work`. If it fails, runs `apt-get update` and then `work` again: a fresh machine has no package lists, and old
 * lists name files that the mirror no longer has. A failed update (an unreachable third-party source) is ignored if
 * `work` then succeeds.
 */
async function withLists<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch {
    const update = await aptGet(["update", "-q"]).catch((error: unknown) => String(error));
    try {
      return await work();
    } catch (error) {
      throw new Error(`${(error as Error).message}\nbefore that, apt-get update said:\n${update.trim()}`, {
        cause: error,
      });
    }
  }
}

async function isInstalled(name: string): Promise<boolean> {
  const status = await run("dpkg-query", ["--show", "--showformat=${Status}", name]).catch(() => "");
  return status === "install ok installed";
}

/** Installs the missing packages of `names`, without recommended ones. Throws with apt-get's output if that fails. */
export async function installed(names: readonly string[]): Promise<void> {
  const present = await Promise.all(names.map(isInstalled));
  const missing = names.filter((_, index) => !present[index]);
  if (missing.length === 0) return;
  demandDebian();
  await step(`Installing ${missing.join(", ")}`, () =>
    withLists(() => aptGet(["install", "--yes", "--no-install-recommends", "-q", ...missing])),
  );
}

/**
 * Returns a directory of the cache with the files of the packages `names`, laid out as under `/`. No maintainer script
 * runs, no service starts, and the machine is not changed. Dependencies are not included.
 */
export async function unpacked(names: readonly string[]): Promise<string> {
  const packages = join(cache, "packages");
  const directory = join(packages, packageKey(names, readFileSync("/etc/os-release", "utf8"), process.arch));
  if (existsSync(directory)) return directory;
  demandDebian();
  mkdirSync(packages, { recursive: true });
  const temporary = mkdtempSync(`${directory}.`);
  try {
    await step(`Unpacking ${names.join(", ")}`, async () => {
      await withLists(() => aptGet(["download", "-q", ...names], temporary));
      for (const file of readdirSync(temporary).filter((name) => name.endsWith(".deb")))
        await run("dpkg", ["--extract", join(temporary, file), join(temporary, "root")]);
    });
    publish(join(temporary, "root"), directory);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return directory;
}

/** Renames a complete directory into place. If another process was first, its result is kept. */
function publish(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

/**
 * Returns the cache key of the packages `names` on a Debian release (`/etc/os-release`) and architecture. Their order
 * does not matter.
 */
export function packageKey(names: readonly string[], osRelease: string, architecture: string): string {
  const content = JSON.stringify([[...names].sort(), osRelease, architecture]);
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
