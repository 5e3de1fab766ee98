import type { Load } from "../check";

export interface Measured {
  /** Result in words. */
  readonly text: string;
  /** Limits that were exceeded. Undefined if none was. */
  readonly failure: string | undefined;
}

/** Words for the status 429, by which the answers with it are counted. */
export const rateLimited = "429 is the application's limit of requests";

/** Sends requests, several at a time. `ask` resolves to the reason of a failure, or undefined. */
export async function measureLoad(load: Load, ask: () => Promise<string | undefined>): Promise<Measured> {
  const times: number[] = [];
  const failures: string[] = [];
  let left = load.requests;
  const askInTurn = async () => {
    while (left > 0) {
      left -= 1;
      const start = performance.now();
      const failure = await ask();
      times.push(performance.now() - start);
      if (failure !== undefined) failures.push(failure);
    }
  };
  await Promise.all(Array.from({ length: load.concurrency ?? 10 }, askInTurn));
  return judge(load, times, failures);
}

function judge(
  { requests, requestsKey, errorPercent, p95Milliseconds }: Load,
  times: number[],
  failures: string[],
): Measured {
  const percent = (100 * failures.length) / requests;
  const p95 = percentile95(times);
  const text = `${requests} requests, ${failures.length} failed (${round(percent)} per cent), P95 ${round(p95)} ms`;
  const limited = failures.filter((failure) => failure.includes(rateLimited)).length;
  const tooMany = failures.length > 0 && percent >= errorPercent;
  const problems = [
    ...(tooMany ? [`${allowed(errorPercent)} may fail; the first: ${failures[0]}`] : []),
    ...(tooMany && limited > 0
      ? [
          `${limited} of them reached the application's limit of requests: let it allow more, or set ${requestsKey} to fewer`,
        ]
      : []),
    ...(p95Milliseconds !== undefined && p95 >= p95Milliseconds ? [`P95 has to be under ${p95Milliseconds} ms`] : []),
  ];
  return { text, failure: problems.length === 0 ? undefined : `${text}; ${problems.join("; ")}` };
}

const allowed = (errorPercent: number) => (errorPercent === 0 ? "none" : `less than ${errorPercent} per cent`);

/** Returns the 95th percentile: the smallest time that at least 95 % of all do not exceed. */
function percentile95(times: readonly number[]): number {
  const sorted = [...times].sort((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
}

const round = (value: number) => Number(value.toFixed(1));
