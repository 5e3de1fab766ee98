/** In-memory stand-in for the Redis commands that the application uses, for fast tests. */
/* eslint-disable @typescript-eslint/require-await -- the real client answers with promises */
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis, RedisClient } from "../../../../lab/stand-in/core/redis";

type End = "LEFT" | "RIGHT";

export class MemoryRedis implements Redis {
  readonly status = "ready";
  private readonly lists = new Map<string, string[]>();
  private readonly sets = new Map<string, Set<string>>();
  private readonly texts = new Map<string, string>();

  client = () => this as unknown as RedisClient;
  another = this.client;
  ask = <T>(_command: string, run: (client: RedisClient) => Promise<T>) => run(this.client());
  check = async () => undefined;
  close = () => undefined;

  /** Elements of a list, from left to right. */
  list(key: string): string[] {
    return this.lists.get(key) ?? [];
  }

  /** Keys of non-empty values. As in Redis, an empty list or set does not exist. */
  keys(): string[] {
    const lists = [...this.lists].filter(([, list]) => list.length > 0);
    const sets = [...this.sets].filter(([, set]) => set.size > 0);
    return [...lists, ...sets, ...this.texts].map(([key]) => key);
  }

  async lpush(key: string, value: string): Promise<number> {
    return this.writable(key).unshift(value);
  }

  async llen(key: string): Promise<number> {
    return this.list(key).length;
  }

  async lrem(key: string, _count: number, value: string): Promise<number> {
    const at = this.list(key).indexOf(value);
    return at < 0 ? 0 : this.writable(key).splice(at, 1).length;
  }

  async ltrim(key: string, from: number, to: number): Promise<string> {
    this.lists.set(key, this.list(key).slice(from, to + 1));
    return "OK";
  }

  async lmove(source: string, target: string, from: End, to: End): Promise<string | null> {
    const value = from === "LEFT" ? this.writable(source).shift() : this.writable(source).pop();
    if (value === undefined) return null;
    if (to === "LEFT") this.writable(target).unshift(value);
    else this.writable(target).push(value);
    return value;
  }

  /** Waits 5 ms instead of a second, to keep the tests fast. */
  async blmove(source: string, target: string, from: End, to: End): Promise<string | null> {
    await sleep(5);
    return this.lmove(source, target, from, to);
  }

  multi() {
    const commands: (() => Promise<unknown>)[] = [];
    const chain = {
      lrem: (key: string, count: number, value: string) => (commands.push(() => this.lrem(key, count, value)), chain),
      lpush: (key: string, value: string) => (commands.push(() => this.lpush(key, value)), chain),
      exec: () => Promise.all(commands.map(async (command) => [null, await command()])),
    };
    return chain;
  }

  async set(key: string, value: string): Promise<string> {
    this.texts.set(key, value);
    return "OK";
  }

  async get(key: string): Promise<string | null> {
    return this.texts.get(key) ?? null;
  }

  async exists(key: string): Promise<number> {
    return this.texts.has(key) ? 1 : 0;
  }

  async del(key: string): Promise<number> {
    return this.texts.delete(key) ? 1 : 0;
  }

  async sadd(key: string, member: string): Promise<void> {
    this.sets.set(key, (this.sets.get(key) ?? new Set()).add(member));
  }

  async srem(key: string, member: string): Promise<void> {
    this.sets.get(key)?.delete(member);
  }

  async smembers(key: string): Promise<string[]> {
    return [...(this.sets.get(key) ?? [])];
  }

  private writable(key: string): string[] {
    const list = this.list(key);
    this.lists.set(key, list);
    return list;
  }
}
