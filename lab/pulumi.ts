/** Runs Pulumi on a target, as a user would type it. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { delimiter, join } from "node:path";
import { run } from "./command";
import { root, state } from "./paths";
import { lab, type Target } from "./target";
import { pulumiToolchain, tool } from "./toolchain";

export type Environment = Record<string, string>;

const inLab: Environment = {
  // Nothing to guard: the state lies in a directory of root's, and its secrets are generated for it.
  PULUMI_CONFIG_PASSPHRASE: "",
  // Pulumi writes the whole state after every step, which is most of what it does beside the cluster on the same processors.
  // Compressed there is less to write and to checksum; and memory is collected less often.
  PULUMI_DIY_BACKEND_ZSTD: "true",
  GOGC: "400",
};

/** The environment in which plain `pulumi` and `kubectl` work on the target. */
export async function environment(target: Target): Promise<Environment> {
  const { pathEntries, source } = await pulumiToolchain();
  const directory = localState(target);
  if (directory) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const home = join(directory ?? state, "home");
  if (source === "built") makeHome(home);
  // The lab's own kubectl comes last: one that is installed is used.
  const kubectl = target === lab ? [await tool("kubernetes")] : [];
  const path = [...pathEntries, join(root, "node_modules", ".bin"), process.env.PATH ?? "", ...kubectl].join(delimiter);
  return {
    PATH: path,
    PULUMI_BACKEND_URL: target.backend,
    ...(target === lab ? inLab : {}),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // A system that fails does not stop the others.
    PULUMI_CONTINUE_ON_ERROR: "true",
    PULUMI_STACK: target.stack,
    ...(target.kubeconfig ? { KUBECONFIG: target.kubeconfig } : {}),
    // An installed Pulumi has its plugins in its own home; the one that was built has none there.
    ...(source === "built" ? { PULUMI_HOME: home } : {}),
  };
}

/**
 * Pulumi's home without its debug log: each run writes every property of every resource there, compressed and
 * encrypted, which takes longer than the rest of a preview and fills the disk. It does without when the place is taken.
 */
function makeHome(home: string): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (!existsSync(join(home, "logs"))) writeFileSync(join(home, "logs"), "");
}

/** Makes the target's stack, if it is not there. */
export async function selectStack(target: Target, env: Environment): Promise<void> {
  await run("pulumi", ["stack", "select", "--create", target.stack], { cwd: root, env });
}

/**
 * Takes away the lock that a killed Pulumi left on the stack.
 * @throws Error that names the process, if a Pulumi is at work on it
 */
export async function unlockStack(target: Target, env: Environment): Promise<void> {
  const holder = lockHolder(target);
  if (!holder) return;
  if (holder.alive) {
    throw new Error(
      `another pulumi (process ${holder.pid}) is at work on stack ${target.stack}: wait until it ends, then try again`,
    );
  }
  console.log(`  an earlier pulumi (process ${holder.pid}) was killed: its lock on stack ${target.stack} is removed`);
  await run("pulumi", ["cancel", "--yes", "--stack", target.stack], { cwd: root, env });
}

/** Runs a command with this terminal; resolves with its exit code. */
export function runInTerminal(command: string, args: readonly string[], env: Environment, cwd = root): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** Who holds the stack's lock: the file backend writes the process into it. */
function lockHolder(target: Target): { pid: number; alive: boolean } | undefined {
  const directory = join(localState(target) ?? "", ".pulumi", "locks", "organization", "runsheet", target.stack);
  const file = existsSync(directory) ? readdirSync(directory).find((name) => name.endsWith(".json")) : undefined;
  if (!file) return undefined;
  const lock = JSON.parse(readFileSync(join(directory, file), "utf8")) as { pid: number; hostname: string };
  return { pid: lock.pid, alive: lock.hostname !== hostname() || isPulumi(lock.pid) };
}

/** The directory of a state that is kept in files. */
function localState(target: Target): string | undefined {
  return target.backend.startsWith("file://") ? target.backend.slice("file://".length) : undefined;
}

/** Whether it runs: what is left of a killed process until its parent collects it does not. */
function isPulumi(pid: number): boolean {
  try {
    return /^\d+ \(pulumi\) [^ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
