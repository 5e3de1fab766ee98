/** Runs Pulumi for a target, with the same environment as a user's shell. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { delimiter, join } from "node:path";
import { endOf, leavingInterruption, takingSignals } from "./interruption";
import { run } from "./command";
import { root, state } from "./paths";
import { lab, type Target } from "./target";
import { pulumiToolchain, tool } from "./toolchain";

export type Environment = Record<string, string>;

const inLab: Environment = {
  // The passphrase is empty: only root can read the state's directory, and its secrets are generated for the lab.
  PULUMI_CONFIG_PASSPHRASE: "",
  // Pulumi writes the whole state after every step, on the same processors as the cluster. Compression leaves less to
  // write and to checksum. A higher GOGC means less frequent garbage collection.
  PULUMI_DIY_BACKEND_ZSTD: "true",
  GOGC: "400",
};

/** Returns the environment in which plain `pulumi` and `kubectl` work on the target. */
export async function environment(target: Target): Promise<Environment> {
  const { pathEntries, source } = await pulumiToolchain();
  const directory = localState(target);
  if (directory) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const home = join(directory ?? state, "home");
  if (source === "built") makeHome(home);
  // The lab's own kubectl comes last: an installed one takes precedence.
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
    // An installed Pulumi has its plugins in its default home. The built one has none there and gets its own home.
    ...(source === "built" ? { PULUMI_HOME: home } : {}),
  };
}

/**
 * Creates Pulumi's home with the debug log disabled, by a file in place of its directory. Each run would write every
 * property of every resource there, compressed and encrypted: that takes longer than the rest of a preview and fills
 * the disk.
 */
function makeHome(home: string): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (!existsSync(join(home, "logs"))) writeFileSync(join(home, "logs"), "");
}

/** Selects the target's stack. Creates it if it does not exist. */
export async function selectStack(target: Target, env: Environment): Promise<void> {
  await run("pulumi", ["stack", "select", "--create", target.stack], { cwd: root, env });
}

/**
 * Removes the lock that a killed Pulumi left on the stack.
 * @throws Error with the process id if a running Pulumi holds the lock
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

/**
 * Runs a command in this terminal. Resolves with its exit code. Ctrl-C is the command's, which may need time to end.
 * @param passed signals that are passed on to it. It may get them twice, since a terminal sends its own to all
 */
export function runInTerminal(
  command: string,
  args: readonly string[],
  env: Environment,
  passed: readonly NodeJS.Signals[] = [],
): Promise<number> {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: "inherit" });
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  return leavingInterruption(() => takingSignals(passed, pass, () => endOf(child)));
}

/** Returns the process that holds the stack's lock. The file backend writes its id into the lock file. */
function lockHolder(target: Target): { pid: number; alive: boolean } | undefined {
  const directory = join(localState(target) ?? "", ".pulumi", "locks", "organization", "runsheet", target.stack);
  const file = existsSync(directory) ? readdirSync(directory).find((name) => name.endsWith(".json")) : undefined;
  if (!file) return undefined;
  const lock = JSON.parse(readFileSync(join(directory, file), "utf8")) as { pid: number; hostname: string };
  return { pid: lock.pid, alive: lock.hostname !== hostname() || isPulumi(lock.pid) };
}

/** Returns the directory of a file backend. Undefined for other backends. */
function localState(target: Target): string | undefined {
  return target.backend.startsWith("file://") ? target.backend.slice("file://".length) : undefined;
}

/** Returns true if process `pid` is a running pulumi. A zombie process does not run. */
function isPulumi(pid: number): boolean {
  try {
    return /^\d+ \(pulumi\) [^ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
