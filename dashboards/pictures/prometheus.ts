/** Queries to a Prometheus, through its HTTP API. */
import type { Period } from "../../components/monitoring/dashboard-variables";

/** Values of one combination of labels. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Pairs of a time, in Unix time in seconds, and a value. */
  readonly values: readonly (readonly [time: number, value: number])[];
}

export class Prometheus {
  /** @param url address without a path of the API, such as http://127.0.0.1:9090 */
  constructor(private readonly url: string) {}

  /** Values over time. Throws with Prometheus' error. */
  range(expression: string, { from, to }: Period, step: number): Promise<Series[]> {
    return this.query("query_range", { query: expression, start: from, end: to, step });
  }

  /** Values at a time. Throws with Prometheus' error. */
  instant(expression: string, time: number): Promise<Series[]> {
    return this.query("query", { query: expression, time });
  }

  private async query(path: string, parameters: Readonly<Record<string, string | number>>): Promise<Series[]> {
    const address = new URL(`api/v1/${path}`, this.url.endsWith("/") ? this.url : `${this.url}/`);
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, String(value));
    const response = await fetch(address).catch((error: unknown) => {
      const cause = (error as { cause?: Error }).cause ?? (error as Error);
      throw new Error(`${this.url}: Prometheus cannot be reached: ${cause.message}`);
    });
    const text = await response.text();
    const answer = parsed(text);
    if (answer?.status !== "success")
      throw new Error(`${this.url}: ${answer?.error ?? `answered ${response.status}: ${text.slice(0, 200)}`}`);
    return answer.data.result.map(({ metric, value, values }) => {
      return { labels: metric, values: (values ?? [value!]).map(([time, number]) => [time, Number(number)] as const) };
    });
  }
}

type Sample = readonly [time: number, value: string];

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly { metric: Record<string, string>; value?: Sample; values?: readonly Sample[] }[];
  };
}

function parsed(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
}
