/** The guide's Redis is a cache: what it holds can be computed again, and it may hold as much as fits. */
import type { RedisNeeds } from "../../components/system";
import type { AiBackendSettings } from "./settings";

const bytes = { Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

export function redis({ redis }: AiBackendSettings): RedisNeeds {
  const settings = { "maxmemory-policy": "allkeys-lru", save: "", appendonly: "no" };
  if (redis.engine === "external") return { settings, persistent: false };
  const [, count, unit] = /^(\d+)(Mi|Gi|Ti)$/.exec(redis.memory)!;
  // The rest is for Redis itself.
  const maxmemory = Math.floor(Number(count) * bytes[unit as keyof typeof bytes] * 0.75);
  return { settings: { maxmemory: String(maxmemory), ...settings }, persistent: false };
}
