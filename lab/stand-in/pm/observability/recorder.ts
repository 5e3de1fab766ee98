/** Recorder of "Logging & Observability": measures the API's requests, as metrics and in the database. */
import type { Context } from "../../core/application";
import type { Outcome, Route } from "../../core/http";
import { InMaintenance } from "../maintenance";
import type { PmSettings } from "../settings";
import { Batch } from "./batch";
import * as errors from "./errors";
import type { RequestMetrics } from "./metrics";
import * as performance from "./performance-metrics";

export class Recorder {
  private readonly measurements: Batch<performance.Measurement>;
  private readonly failures: Batch<errors.Failure>;

  constructor(
    { database, settings: { release }, log }: Pick<Context, "database" | "settings" | "log">,
    private readonly settings: PmSettings,
    private readonly metrics: RequestMetrics,
  ) {
    const { query } = database;
    this.measurements = new Batch("times of requests", (rows) => performance.record(query, rows), log);
    this.failures = new Batch("errors", (rows) => errors.record(query, release, rows), log);
  }

  /** Records the answers of the routes, including those of faults, but not those of maintenance mode. */
  measure(routes: readonly Route[]): Route[] {
    return routes.map((route) => ({
      ...route,
      answered: (status, outcome) => this.record(route, status, outcome),
    }));
  }

  /** Writes the records that are not written yet. Never throws. */
  async flush(): Promise<void> {
    await Promise.all([this.measurements.flush(), this.failures.flush()]);
  }

  private record({ path: endpoint, method }: Route, status: number, { seconds, error }: Outcome): void {
    if (error instanceof InMaintenance) return;
    const [milliseconds, at] = [seconds * 1000, new Date()];
    this.metrics.count(status, milliseconds);
    if (this.settings.performanceMetrics) this.measurements.add({ endpoint, method, status, milliseconds, at });
    if (this.settings.errorAggregation && status >= 500) this.failures.add({ endpoint, method, status, error, at });
  }
}
