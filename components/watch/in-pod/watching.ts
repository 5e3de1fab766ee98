/** Asks Prometheus the conditions, until the watch is over or one of them is violated. */
import { setTimeout as sleep } from "node:timers/promises";
import { judgedSeconds, type Condition, type WatchPlan } from "../condition";
import { duration } from "./duration";
import { Judge } from "./judge";
import { type Prometheus, Refused, type Value } from "./prometheus";

export class Watching {
  constructor(
    private readonly plan: WatchPlan,
    private readonly prometheus: Prometheus,
  ) {}

  /**
   * Returns the judges of the conditions.
   * @param since time of the rollout, before which values are compared
   * @throws Refused if Prometheus cannot be asked
   */
  judges(conditions: readonly Condition[], since: Date): Promise<Judge[]> {
    return Promise.all(
      conditions.map(async (condition) => new Judge(condition, await this.valueBefore(condition, since))),
    );
  }

  /**
   * Watches. Resolves to the violations, each with its numbers; empty if there was none. What begins near the end is
   * watched until it is known to be a violation or not. Without conditions there is nothing to wait for.
   * @throws Refused if Prometheus cannot be asked
   */
  async violations(judges: readonly Judge[]): Promise<string[]> {
    const { windowSeconds, sampleSeconds, samples, seconds } = this.plan;
    const start = Date.now();
    const elapsed = () => (Date.now() - start) / 1000;
    let nextLine = 0;
    if (judges.length === 0) return [];
    const mayGoOn = (at: number) =>
      at <= seconds || (at <= seconds + judgedSeconds(this.plan) && judges.some((judge) => judge.isOpen(samples)));
    // Before that a window has the rollout and its tests in it.
    for (let at = windowSeconds; mayGoOn(at); at = Math.max(at + sampleSeconds, elapsed())) {
      await sleep(Math.max(0, (at - elapsed()) * 1000));
      const values = await Promise.all(judges.map(({ condition }) => this.value(condition, elapsed())));
      judges.forEach((judge, index) => judge.take(values[index], elapsed()));
      const violated = judges.filter((judge) => judge.violation(samples, elapsed()));
      if (violated.length > 0 || at >= nextLine) {
        console.log(`${new Date().toISOString()} ${judges.map(({ progress }) => progress).join("; ")}`);
        nextLine = at + 60;
      }
      if (violated.length > 0)
        return violated.map((judge) => `FAILED ${judge.described(judge.violation(samples, elapsed())!)}`);
    }
    return [];
  }

  /** The mean of the time before the rollout, without the moments in which there was nothing to measure. */
  private async valueBefore(condition: Condition, since: Date): Promise<Value> {
    if (!("risesAtMost" in condition) && !("risesAtMostPercent" in condition)) return undefined;
    const { beforeSeconds, windowSeconds } = this.plan;
    const step = Math.max(1, Math.round(beforeSeconds / 60));
    const query = this.filled(condition.query, windowSeconds);
    return this.answer(condition, `avg_over_time(((${query}) >= -Inf)[${beforeSeconds}s:${step}s])`, since);
  }

  private value(condition: Condition, elapsed: number): Promise<Value> {
    return this.answer(condition, this.filled(condition.query, elapsed));
  }

  /** Puts the namespace and the times into a query. */
  private filled(query: string, elapsed: number): string {
    const { namespace, windowSeconds } = this.plan;
    return query
      .replaceAll("$namespace", namespace)
      .replaceAll("$window", `${windowSeconds}s`)
      .replaceAll("$elapsed", `${Math.max(1, Math.ceil(elapsed))}s`);
  }

  /** Asks until there is an answer, or Prometheus has been away for too long. */
  private async answer({ name }: Condition, query: string, at?: Date): Promise<Value> {
    const { awaySeconds, sampleSeconds } = this.plan;
    const end = Date.now() + awaySeconds * 1000;
    for (;;) {
      try {
        return await this.prometheus.value(query, at);
      } catch (error) {
        const { message } = error as Error;
        if (error instanceof Refused) throw error.ofQuery ? new Refused(`${name}: ${message}`) : error;
        if (Date.now() >= end) throw new Refused(`Prometheus was away for ${duration(awaySeconds)}: ${message}`);
        await sleep(Math.min(1, sampleSeconds) * 1000);
      }
    }
  }
}
