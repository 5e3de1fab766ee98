/** Resources that a database needs where its data counts. */
import { memorySetting } from "../postgres/sizing";
import { mebibytes } from "../kubernetes/quantity";
import type { CommonSettings } from "./settings";

/** Smallest volume for the WAL, in Mi: half a day's WAL while the object store takes none, or nobody looks. */
const logMinimum = 10 * 1024;

/** WAL of a database that writes little: at most a segment of 16 MiB for each minute of archive_timeout. */
const mebibytesPerHour = 16 * 60;

/**
 * Returns what is wrong with a database's resources: each problem names its key and what to do.
 * @param stack the stack's settings for all systems
 */
export function resourceProblems(
  { postgres }: CommonSettings,
  stack: { readonly protect: boolean; readonly backups: boolean },
): string[] {
  if (postgres.engine !== "cloudnativepg") return [];
  const { resources, storage, walStorage, parameters } = postgres;
  const problems: string[] = [];
  if (stack.protect && !resources)
    problems.push(
      "postgres.resources is missing: what a server is promised of its node, without which it is the first to be ended where memory " +
        "is short. Set it, such as { cpu: 500m, memory: 2Gi }; only where runsheet:protect is false it may be left out",
    );
  const shared = memorySetting(parameters.shared_buffers ?? "");
  if (resources && shared !== undefined && shared > mebibytes(resources.memory))
    problems.push(
      `postgres.parameters.shared_buffers: ${parameters.shared_buffers} is more than postgres.resources.memory, ${resources.memory}`,
    );
  if (resources) problems.push(...limitProblems("postgres.resources", resources));
  const log = walStorage ?? storage;
  if (stack.protect && stack.backups && mebibytes(log) < logMinimum)
    problems.push(
      `postgres.${walStorage ? "walStorage" : "storage"}: ${log} is full within ${Math.ceil(mebibytes(log) / mebibytesPerHour)} h when the object store takes ` +
        "nothing, since the log grows by up to 960 Mi an hour even of a database that writes little. Set 10Gi or more, " +
        "or postgres.walStorage to so much",
    );
  return problems;
}

interface Resources {
  readonly cpu: string;
  readonly memory: string;
  readonly cpuLimit?: string;
  readonly memoryLimit?: string;
}

/** Errors for limits of the object `key` that are less than the requests. */
export function limitProblems(key: string, { cpu, memory, cpuLimit, memoryLimit }: Resources): string[] {
  const less = [
    ...(cpuLimit !== undefined && cpus(cpuLimit) < cpus(cpu) ? ["cpu"] : []),
    ...(memoryLimit !== undefined && mebibytes(memoryLimit) < mebibytes(memory) ? ["memory"] : []),
  ];
  return less.map((what) => `${key}.${what}Limit is less than ${key}.${what}`);
}

const cpus = (text: string) => (text.endsWith("m") ? Number(text.slice(0, -1)) / 1000 : Number(text));
