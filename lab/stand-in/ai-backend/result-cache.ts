/**
 * Cache of inference results in Redis, for five minutes and for all replicas. While Redis is unavailable everything is
 * computed: a failing cache must neither fail nor delay an answer.
 */
import { randomUUID } from "node:crypto";
import { RecentOutcomes } from "../core/recent-outcomes";
import type { Redis } from "../core/redis";
import { within } from "../core/time";
import { sha256 } from "./whole-file";

export const prefix = "ai-backend:inference:";
const keepSeconds = 300;
const limit = 250;
const measuredMilliseconds = 5 * 60_000;

export type Result = Record<string, unknown>;

export class ResultCache {
  private readonly recent = new RecentOutcomes(measuredMilliseconds);
  private hits = 0;
  private misses = 0;

  constructor(private readonly redis: Redis) {}

  /**
   * Returns the key of an inference. It contains the checksum of the model's content, because other content gives other
   * answers.
   */
  key(model: string, contentSha256: string, input: unknown): string {
    return `${prefix}${model}:${contentSha256.slice(0, 12)}:${sha256(JSON.stringify(input))}`;
  }

  /** Returns a cached result. Undefined if it is missing, or not available within 250 ms. */
  async get(key: string): Promise<Result | undefined> {
    const asked = this.ask("GET", (client) => client.get(key));
    const result = await asked.then(parse).catch(() => undefined);
    this.recent.add(result !== undefined);
    if (result) this.hits += 1;
    else this.misses += 1;
    return result;
  }

  /** Stores a result in the background. */
  put(key: string, result: Result): void {
    const text = JSON.stringify(result);
    this.ask("SET", (client) => client.set(key, text, "EX", keepSeconds)).catch(() => undefined);
  }

  /** Writes a value and reads it back. Throws an error with the cause: Redis may answer although it is full. */
  async check(): Promise<void> {
    const [key, value] = [`${prefix}check:${randomUUID()}`, randomUUID()];
    const written = this.redis.ask("SET", (client) => client.set(key, value, "EX", 10));
    const read = this.redis.ask("GET", (client) => client.get(key));
    if ((await Promise.all([written, read]))[1] !== value) throw new Error("what was written could not be read back");
  }

  /** Returns the hit rate of the last five minutes, from 0 to 1. Undefined without inferences. */
  hitRate(): number | undefined {
    return this.recent.shareOfSuccess();
  }

  /** Returns the hits and misses since the start, and the hit rate of the last five minutes. */
  details() {
    return { hits: this.hits, misses: this.misses, hitRate: this.hitRate() ?? null, keepSeconds };
  }

  private ask: Redis["ask"] = (command, run) =>
    this.redis.ask(command, (client) => within(limit, command, run(client)));
}

function parse(text: string | null): Result | undefined {
  return text === null ? undefined : (JSON.parse(text) as Result);
}
