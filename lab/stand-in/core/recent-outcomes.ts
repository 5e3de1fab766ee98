/** Outcomes of the requests of the last `milliseconds`, counted by the second. */
export class RecentOutcomes {
  private readonly seconds = new Map<number, { requests: number; successes: number }>();

  constructor(
    private readonly milliseconds: number,
    private readonly now: () => number = Date.now,
  ) {}

  add(success: boolean): void {
    this.forget();
    const second = Math.floor(this.now() / 1000);
    const { requests, successes } = this.seconds.get(second) ?? { requests: 0, successes: 0 };
    this.seconds.set(second, { requests: requests + 1, successes: successes + (success ? 1 : 0) });
  }

  /** Returns the share of successful requests, from 0 to 1. Undefined if there was no request. */
  shareOfSuccess(): number | undefined {
    const requests = this.count();
    return requests === 0 ? undefined : sum([...this.seconds.values()].map((each) => each.successes)) / requests;
  }

  /** Returns the number of requests. */
  count(): number {
    this.forget();
    return sum([...this.seconds.values()].map((each) => each.requests));
  }

  private forget(): void {
    const since = Math.floor((this.now() - this.milliseconds) / 1000);
    for (const second of this.seconds.keys()) if (second <= since) this.seconds.delete(second);
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
