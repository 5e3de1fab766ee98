/** Finds and ends the lab's first process, which is PID 1 of the lab's own PID namespace. */
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runtime } from "../paths";

export interface LabProcess {
  /** As the host counts. */
  pid: number;
  /** In clock ticks since the machine started; with the pid it names one process for good. */
  startTicks: number;
}

/** PID 1's program lies in the runtime directory, so that no change of a checkout reaches a lab that runs. */
export const initScript = join(runtime, "init.sh");

const read = (path: string) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

/** Field 22 of `/proc/PID/stat`; undefined if there is no such process, or only its remains that nobody has collected. */
export function startTicks(pid: number): number | undefined {
  const fields = read(`/proc/${pid}/stat`).split(") ").pop()?.split(" ") ?? [];
  return fields.length < 20 || fields[0] === "Z" ? undefined : Number(fields[19]);
}

/** Milliseconds since 1970 at which a process started. Linux shows times to programs in hundredths of a second. */
export function startedAt(process: LabProcess): number {
  const bootSeconds = Number(/^btime (\d+)$/m.exec(read("/proc/stat"))?.[1]);
  return bootSeconds * 1000 + process.startTicks * 10;
}

/** Whether something is of before `start`, in milliseconds, by a time in whole seconds as Kubernetes' objects have it. */
export const isBefore = (time: string, start: number): boolean => Date.parse(time) < start - 1000;

const isPid = (name: string) => /^\d+$/.test(name);
const namespacePid = (pid: number) => Number(/^NSpid:.*\s(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1]);
const namespaceOf = (pid: number | "self") => {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return "";
  }
};

/**
 * The processes that started with the lab's first program: `unshare`, which makes the namespaces, and PID 1 in them. They are
 * looked for by what they are, not by a file with a number: such a file can be missing (a start that was killed) or stale
 * (after a reboot).
 */
function firstProcesses(): (LabProcess & { isInit: boolean })[] {
  return readdirSync("/proc")
    .filter(isPid)
    .map(Number)
    .flatMap((pid) => {
      const words = read(`/proc/${pid}/cmdline`).split("\0");
      if (!words.includes(initScript)) return [];
      const ticks = startTicks(pid);
      const isInit = namespacePid(pid) === 1 && namespaceOf(pid) !== namespaceOf("self");
      return ticks !== undefined && (isInit || words[0] === "unshare") ? [{ pid, startTicks: ticks, isInit }] : [];
    });
}

/** The lab's PID 1, or undefined if no lab runs. */
export const findInit = (): LabProcess | undefined => firstProcesses().find(({ isInit }) => isInit);

/** The host's numbers of the processes in the namespace of `init`, by their numbers there. */
export function processesOf(init: LabProcess): Map<number, number> {
  const namespace = namespaceOf(init.pid);
  const found = readdirSync("/proc").filter(isPid).map(Number);
  return new Map(found.filter((pid) => namespaceOf(pid) === namespace).map((pid) => [namespacePid(pid), pid]));
}

/**
 * Ends the lab's PID 1, with which the kernel ends every process of the namespace, and waits until all are gone.
 * Throws if they are still there after a minute (a process that hangs in the kernel).
 */
export async function endProcesses(): Promise<void> {
  const end = Date.now() + 60_000;
  for (let left = firstProcesses(); left.length > 0; left = firstProcesses()) {
    const pids = left.map(({ pid }) => pid).join(", ");
    if (Date.now() > end)
      throw new Error(`The lab's first process was killed a minute ago and is still there (pid ${pids}).`);
    for (const each of left) if (startTicks(each.pid) === each.startTicks) kill(each.pid);
    await sleep(50);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
