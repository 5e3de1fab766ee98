/** Debian packages: installed where they only add programs, unpacked into the cache where they would start a service. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandFailed, run } from "./command";
import { cache } from "./paths";
import { step } from "./progress";

const quiet = { DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_SUSPEND: "1" };
const lockWaitSeconds = 600;

/** Throws unless packages can be installed: as root, on Debian or something made from it. */
export function demandDebian(): void {
  if (process.getuid?.() !== 0)
    throw new Error("The lab needs root (namespaces, cgroups, apt-get): start it as root, or with sudo.");
  if (!existsSync("/usr/bin/apt-get"))
    throw new Error(
      "The lab needs Debian 12 or a system made from it: there is no /usr/bin/apt-get here. " +
        "On another system, deploy into a cluster you have: npm run up -- --context NAME",
    );
}

/** apt-get, waiting while another package manager holds one of its locks. */
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
 * Runs `work`, and once more after `apt-get update` if it fails: a fresh machine has no package lists, and old lists name
 * files that the mirror no longer has. An update that fails (a foreign source that cannot be reached) is only told if
 * `work` fails again.
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

/** Installs what is missing of `names`, and nothing that is only recommended. Throws apt-get's own words if it cannot. */
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
 * A directory in the cache with the files of `names`, as if it were the root of a machine that has them: no maintainer
 * script runs, no service starts, the machine is not changed. Their dependencies are not included.
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

/** Renames what is complete into its place; when another process was first, its result is as good. */
function publish(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

/** Names the unpacked `names` of one Debian release (`/etc/os-release`) and architecture; their order does not matter. */
export function packageKey(names: readonly string[], osRelease: string, architecture: string): string {
  const content = JSON.stringify([[...names].sort(), osRelease, architecture]);
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
