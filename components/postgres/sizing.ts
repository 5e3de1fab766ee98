/** What PostgreSQL's settings follow from what its servers have, as long as nobody sets them. */
import { mebibytes } from "../kubernetes/quantity";

/** What a server is promised of its node, and how much it may take. */
export interface Resources {
  /** CPUs, such as 500m. */
  readonly cpu: string;
  /** Such as 2Gi. */
  readonly memory: string;
  /** Default: what the node has. */
  readonly cpuLimit?: string;
  /** Default: what the node has. */
  readonly memoryLimit?: string;
}

export interface Sizes {
  /** Servers. */
  readonly instances: number;
  /** Size of a server's volume. */
  readonly storage: string;
  /** Size of the volume for the log. Default: it lies with the data. */
  readonly walStorage?: string;
  readonly resources?: Resources;
  /** Whether its log is archived. */
  readonly archived: boolean;
}

/**
 * A quarter of the memory for PostgreSQL's own cache, three quarters for what is expected in caches altogether: PostgreSQL's own rule of
 * thumb. The log that is kept for a replica that is gone takes half of its volume at most, or a quarter of the data's: without a
 * bound it fills the primary's disk. A replica that comes back later finds the rest in the archive; where there is none, there is no bound.
 */
export function sizedParameters({
  instances,
  storage,
  walStorage,
  resources,
  archived,
}: Sizes): Record<string, string> {
  const kept = walStorage ? mebibytes(walStorage) / 2 : mebibytes(storage) / 4;
  const memory = resources && mebibytes(resources.memory);
  return {
    ...(memory && { shared_buffers: megabytes(memory / 4), effective_cache_size: megabytes((memory * 3) / 4) }),
    ...(archived && instances > 1 && { max_slot_wal_keep_size: megabytes(kept) }),
  };
}

/** PostgreSQL's MB are Kubernetes' Mi. */
const megabytes = (size: number) => `${Math.floor(size)}MB`;

/** The same in Kubernetes' words. */
export function requirements({ cpu, memory, cpuLimit, memoryLimit }: Resources): {
  readonly requests: Record<string, string>;
  readonly limits?: Record<string, string>;
} {
  const limits = { ...(cpuLimit && { cpu: cpuLimit }), ...(memoryLimit && { memory: memoryLimit }) };
  return { requests: { cpu, memory }, ...(Object.keys(limits).length > 0 && { limits }) };
}

/** The memory that a setting of PostgreSQL takes, in Mi; undefined: it is written in a way that this does not know. */
export function memorySetting(text: string): number | undefined {
  const [, count, unit = "8kB"] = /^\s*(\d+)\s*(kB|MB|GB|TB)?\s*$/.exec(text) ?? [];
  const units: Readonly<Record<string, number>> = { "8kB": 1 / 128, kB: 1 / 1024, MB: 1, GB: 1024, TB: 1024 ** 2 };
  return count === undefined ? undefined : Number(count) * units[unit]!;
}
