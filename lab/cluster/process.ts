/** Finds and ends the lab's first process: PID 1 of the lab's own PID namespace. */
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runtime } from "../paths";

export interface LabProcess {
  /** Process id on the host. */
  pid: number;
  /** Start time in clock ticks since the boot of the machine. Together with the pid it identifies a process. */
  startTicks: number;
}

/** Script of PID 1: a copy in the runtime directory, so that no change of a checkout affects a running lab. */
export const initScript = join(runtime, "init.sh");

const read = (path: string) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

/** Returns field 22 of `/proc/PID/stat`. Undefined if there is no such process, or if it is a zombie. */
export function startTicks(pid: number): number | undefined {
  const fields = read(`/proc/${pid}/stat`).split(") ").pop()?.split(" ") ?? [];
  return fields.length < 20 || fields[0] === "Z" ? undefined : Number(fields[19]);
}

/** Returns the start time of a process, in milliseconds since 1970. Linux reports it in hundredths of a second. */
export function startedAt(process: LabProcess): number {
  const bootSeconds = Number(/^btime (\d+)$/m.exec(read("/proc/stat"))?.[1]);
  return bootSeconds * 1000 + process.startTicks * 10;
}

/**
 * Returns true if `time` is before `start`, in milliseconds since 1970. Times of Kubernetes objects are in whole
 * seconds, so `time` must be earlier by more than one second.
 */
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
 * Finds the processes that were started with the lab's first program: `unshare`, which creates the namespaces, and PID
 * 1 in them. Reads /proc instead of a pid file, which could be missing (after a killed start) or stale (after a
 * reboot).
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

/** Returns the lab's PID 1. Undefined if no lab runs. */
export const findInit = (): LabProcess | undefined => firstProcesses().find(({ isInit }) => isInit);

/** Returns the processes in the PID namespace of `init`: their ids on the host by their ids in the namespace. */
export function processesOf(init: LabProcess): Map<number, number> {
  const namespace = namespaceOf(init.pid);
  const found = readdirSync("/proc").filter(isPid).map(Number);
  return new Map(found.filter((pid) => namespaceOf(pid) === namespace).map((pid) => [namespacePid(pid), pid]));
}

/**
 * Kills the lab's PID 1, with which the kernel kills every process of the namespace, and waits until all have ended.
 * Throws if they still exist after a minute (a process that hangs in the kernel).
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
