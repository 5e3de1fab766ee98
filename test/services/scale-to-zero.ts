/** Servers that stop when nothing uses them and start for the next connection, as Neon's computes do. */
import { setTimeout as sleep } from "node:timers/promises";

export interface Compute {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Returns the time of the last activity: now while a query or transaction runs, undefined without a session. */
  lastActive(): Promise<Date | undefined>;
}

export interface ScaleToZeroOptions {
  /** Time without a query or transaction after which the compute stops, in milliseconds. Default: it never stops. */
  readonly suspendAfter?: number;
  /** Time that a start takes in addition, in milliseconds. Default: 0. */
  readonly startDelay?: number;
}

/** Interval of Neon's own monitor, in milliseconds. */
const monitorInterval = 500;

export class ScaleToZero {
  /** Number of starts after suspensions. */
  starts = 0;
  private running = true;
  private lastActive = Date.now();
  /** Last start, stop or check. They run one after the other. */
  private last: Promise<unknown> = Promise.resolve();
  private readonly closing = new AbortController();

  /** Takes over a running compute. */
  constructor(
    private readonly compute: Compute,
    private readonly options: ScaleToZeroOptions,
  ) {
    if (options.suspendAfter !== undefined) void this.monitor(options.suspendAfter);
  }

  get suspended(): boolean {
    return !this.running;
  }

  /** Resolves when the compute runs. Starts it if it is suspended. */
  awake(): Promise<void> {
    return this.inTurn(async () => {
      this.touch();
      if (this.running) return;
      await sleep(this.options.startDelay ?? 0, undefined, { signal: this.closing.signal });
      await this.compute.start();
      this.running = true;
      this.touch();
      this.starts++;
    });
  }

  /** Counts a client's bytes as activity: the server does not see a session before its login. */
  touch(): void {
    this.lastActive = Date.now();
  }

  /** Suspends the compute now. Its sessions end. */
  suspend(): Promise<void> {
    return this.inTurn(async () => {
      if (this.running) await this.compute.stop();
      this.running = false;
    });
  }

  /** Ends the monitor and refuses further starts. Resolves when no start or stop is under way. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.last.catch(() => undefined);
  }

  private async monitor(suspendAfter: number): Promise<void> {
    const interval = Math.min(monitorInterval, suspendAfter / 4);
    const signal = this.closing.signal;
    while (!signal.aborted) {
      await sleep(interval, undefined, { signal }).catch(() => undefined);
      // A check that fails, because a test stopped the server itself, suspends nothing.
      await this.inTurn(() => this.check(suspendAfter)).catch(() => undefined);
    }
  }

  private async check(suspendAfter: number): Promise<void> {
    if (!this.running || this.closing.signal.aborted) return;
    const active = await this.compute.lastActive();
    this.lastActive = Math.max(this.lastActive, active?.getTime() ?? 0);
    if (Date.now() - this.lastActive < suspendAfter) return;
    await this.compute.stop();
    this.running = false;
  }

  private inTurn(step: () => Promise<void>): Promise<void> {
    const next = this.last.catch(() => undefined).then(step);
    this.last = next;
    return next;
  }
}
