/** LRU cache of at most `size` values. */
export class RecentlyUsed<Value> {
  /** Values by key, the least recently used first. */
  private readonly values = new Map<string, Value>();

  constructor(readonly size: number) {}

  get(key: string): Value | undefined {
    const value = this.values.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  /** Returns a value. Does not count as a use. */
  peek(key: string): Value | undefined {
    return this.values.get(key);
  }

  set(key: string, value: Value): void {
    this.values.delete(key);
    this.values.set(key, value);
    for (const oldest of this.values.keys()) if (this.values.size > this.size) this.values.delete(oldest);
  }

  delete(key: string): void {
    this.values.delete(key);
  }

  keys(): string[] {
    return [...this.values.keys()];
  }
}
