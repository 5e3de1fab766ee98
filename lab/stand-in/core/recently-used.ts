/** Keeps the values that were used last, at most `size` of them. */
export class RecentlyUsed<Value> {
  /** The one that was used the longest ago comes first. */
  private readonly values = new Map<string, Value>();

  constructor(readonly size: number) {}

  get(key: string): Value | undefined {
    const value = this.values.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  /** Does not count as a use. */
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
