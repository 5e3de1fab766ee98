/** PostgreSQL settings that are derived from the size of the servers, unless they are configured. */
import { mebibytes } from "../kubernetes/quantity";

/** Requests and limits of a server. */
export interface Resources {
  /** Request for CPU, such as 500m. */
  readonly cpu: string;
  /** Request for memory, such as 2Gi. */
  readonly memory: string;
  /** Default: none. */
  readonly cpuLimit?: string;
  /** Default: none. */
  readonly memoryLimit?: string;
}

export interface Sizes {
  /** Number of servers. */
  readonly instances: number;
  /** Size of a server's volume. */
  readonly storage: string;
  /** Size of the WAL's own volume. Default: none. The WAL is on the data's volume. */
  readonly walStorage?: string;
  readonly resources?: Resources;
  /** True if the WAL is archived. */
  readonly archived: boolean;
}

/**
 * Derives PostgreSQL settings from the sizes.
 *
 * A quarter of the memory is for PostgreSQL's shared buffers, and three quarters are expected in all caches together:
 * PostgreSQL's rule of thumb. WAL that is kept for a missing replica takes at most half of its own volume, or a quarter
 * of the data's; unbounded it would fill the primary's disk. A replica that returns later reads the rest from the
 * archive. Without an archive there is no bound.
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

/** Formats a size in Mi, which PostgreSQL calls MB. */
const megabytes = (size: number) => `${Math.floor(size)}MB`;

/** Converts the requests and limits to Kubernetes' format. */
export function requirements({ cpu, memory, cpuLimit, memoryLimit }: Resources): {
  readonly requests: Record<string, string>;
  readonly limits?: Record<string, string>;
} {
  const limits = { ...(cpuLimit && { cpu: cpuLimit }), ...(memoryLimit && { memory: memoryLimit }) };
  return { requests: { cpu, memory }, ...(Object.keys(limits).length > 0 && { limits }) };
}

/** Parses a memory setting of PostgreSQL, in Mi. Undefined if the format is unknown. */
export function memorySetting(text: string): number | undefined {
  const [, count, unit = "8kB"] = /^\s*(\d+)\s*(kB|MB|GB|TB)?\s*$/.exec(text) ?? [];
  const units: Readonly<Record<string, number>> = { "8kB": 1 / 128, kB: 1 / 1024, MB: 1, GB: 1024, TB: 1024 ** 2 };
  return count === undefined ? undefined : Number(count) * units[unit]!;
}
