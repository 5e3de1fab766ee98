/**
 * Metrics in the Prometheus text format, version 0.0.4: counters, gauges and histograms with labels. The stand-in
 * exports too little to need a client library.
 */

export const contentType = "text/plain; version=0.0.4; charset=utf-8";

export type Labels = Readonly<Record<string, string>>;

/**
 * Bucket bounds in seconds, from the duration of a probe to that of a request with a limit of ten seconds. A runbook
 * has an objective of two seconds.
 */
export const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 5, 10];

interface Metric {
  name: string;
  help: string;
  type: "counter" | "gauge" | "histogram";
  samples(): string[];
}

export interface Counter {
  increment(labels?: Labels, by?: number): void;
}

export interface Gauge {
  set(labels: Labels, value: number): void;
  /** Removes all values, so that a value that cannot be measured now is absent instead of outdated. */
  clear(): void;
}

export interface Histogram {
  observe(labels: Labels, value: number): void;
}

/** Registry of all metrics of a process. */
export class Metrics {
  private readonly metrics: Metric[] = [];
  private readonly collectors: (() => Promise<void> | void)[] = [];

  /** Creates a counter. Series for `initial` start at 0, so that a first increase is visible as one. */
  counter(name: string, help: string, initial: readonly Labels[] = []): Counter {
    const values = new Series();
    initial.forEach((labels) => values.set(labels, 0));
    this.metrics.push({ name, help, type: "counter", samples: () => values.lines(name) });
    return { increment: (labels = {}, by = 1) => values.set(labels, values.get(labels) + by) };
  }

  /** Creates a gauge: a number that can rise and fall. */
  gauge(name: string, help: string): Gauge {
    const values = new Series();
    this.metrics.push({ name, help, type: "gauge", samples: () => values.lines(name) });
    return { set: (labels, value) => values.set(labels, value), clear: () => values.clear() };
  }

  /**
   * Creates a histogram: observations counted by bucket, with their sum and count. `buckets` are upper bounds in
   * ascending order.
   */
  histogram(name: string, help: string, buckets: readonly number[]): Histogram {
    const bounds = [...buckets.map(String), "+Inf"];
    const counts = bounds.map(() => new Series());
    const sum = new Series();
    const samples = () => [
      ...sum.all().flatMap(({ labels }) => {
        return bounds.map((le, index) => sample(`${name}_bucket`, { ...labels, le }, counts[index]!.get(labels)));
      }),
      ...sum.lines(`${name}_sum`),
      ...counts[counts.length - 1]!.lines(`${name}_count`),
    ];
    this.metrics.push({ name, help, type: "histogram", samples });
    return {
      observe: (labels, value) => {
        sum.set(labels, sum.get(labels) + value);
        counts.forEach((count, index) => {
          const bound = buckets[index] ?? Infinity;
          if (value <= bound) count.set(labels, count.get(labels) + 1);
        });
      },
    };
  }

  /** Registers work before each scrape, for values that are queried rather than counted. */
  beforeScrape(collect: () => Promise<void> | void): void {
    this.collectors.push(collect);
  }

  /** Returns the exposition. */
  async scrape(): Promise<string> {
    await Promise.all(this.collectors.map(async (collect) => await collect()));
    return this.metrics
      .map((metric) => {
        const head = [`# HELP ${metric.name} ${escapeHelp(metric.help)}`, `# TYPE ${metric.name} ${metric.type}`];
        return [...head, ...metric.samples()].join("\n") + "\n";
      })
      .join("");
  }
}

/** Values of one metric, by labels. */
class Series {
  private readonly values = new Map<string, { labels: Labels; value: number }>();

  get(labels: Labels): number {
    return this.values.get(key(labels))?.value ?? 0;
  }

  set(labels: Labels, value: number): void {
    this.values.set(key(labels), { labels, value });
  }

  clear(): void {
    this.values.clear();
  }

  all() {
    return [...this.values.values()];
  }

  lines(name: string): string[] {
    return this.all().map(({ labels, value }) => sample(name, labels, value));
  }
}

const key = (labels: Labels) => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}`;
}

const escapeLabel = (text: string) => text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
const escapeHelp = (text: string) => text.replace(/\\/g, "\\\\").replace(/\n/g, "\\n");
