/** Client of Prometheus' query API. */
import { reason } from "../../checks/in-pod/reason";

/** Answer to a query: a number, NaN where there is nothing to divide by, or undefined where no series matches. */
export type Value = number | undefined;

/** Error that another try does not mend: a wrong address, login or query. */
export class Refused extends Error {
  /** @param ofQuery whether the query is what is wrong */
  constructor(
    message: string,
    readonly ofQuery = false,
  ) {
    super(message);
  }
}

const timeoutSeconds = 10;

interface Sample {
  readonly metric: object;
  readonly value: readonly [time: number, text: string];
}

interface Answer {
  readonly status?: string;
  readonly error?: string;
  readonly data?: { readonly resultType: string; readonly result: Sample["value"] | readonly Sample[] };
}

export class Prometheus {
  constructor(
    private readonly url: string,
    private readonly token: string | undefined,
  ) {}

  /**
   * Evaluates a query.
   * @param at time to evaluate it at. Default: now
   * @throws Refused if it is asked wrongly, or Error if there is no answer now
   */
  async value(query: string, at?: Date): Promise<Value> {
    const parameters = new URLSearchParams({ query, ...(at && { time: String(at.getTime() / 1000) }) });
    const { status, text } = await this.get(`api/v1/query?${parameters.toString()}`);
    const answer = parsed(text);
    if (answer?.status === "success") return one(answer, query);
    if (status === 400 || status === 422)
      throw new Refused(`Prometheus refuses the query: ${answer?.error ?? text.slice(0, 200)}\n  ${query}`, true);
    if (status === 401 || status === 403)
      throw new Refused(
        `${this.url} answered ${status}${this.token === undefined ? " without a token" : " to the token"}; ` +
          "set one that it takes: pulumi config set --secret runsheet:prometheusToken",
      );
    const what = `${this.url}/api/v1/query answered ${status}`;
    if (status >= 500 || status === 429) throw new Error(`${what} ${answer?.error ?? text.slice(0, 200).trim()}`);
    throw new Refused(
      `${what}, which Prometheus does not; set runsheet:prometheus.url to its address, with its path if it has one`,
    );
  }

  private async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    try {
      const response = await fetch(`${this.url.replace(/\/$/, "")}/${path}`, {
        headers: this.token === undefined ? {} : { Authorization: `Bearer ${this.token}` },
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutSeconds * 1000),
      });
      return { status: response.status, text: this.masked(await response.text()) };
    } catch (error) {
      throw new Error(`${this.url} was not answered: ${this.masked(reason(error, timeoutSeconds))}`, { cause: error });
    }
  }

  /** Leaves the token out: a proxy may repeat it, and so does an error about one that no header can have. */
  private masked(text: string): string {
    // As it is sent: a header's value has no blanks around it.
    const token = this.token?.trim();
    return token ? text.replaceAll(token, "***") : text;
  }
}

function parsed(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
}

/** The only number of an answer. */
function one({ data }: Answer, query: string): Value {
  if (data?.resultType === "scalar") return Number((data.result as Sample["value"])[1]);
  const samples = data?.resultType === "vector" ? (data.result as readonly Sample[]) : undefined;
  if (!samples)
    throw new Refused(`the query has a ${data?.resultType} as its result, and not a number:\n  ${query}`, true);
  if (samples.length > 1)
    throw new Refused(
      `the query has ${samples.length} series as its result, and not one; put sum(), max() or min() around it:\n  ${query}`,
      true,
    );
  return samples[0] && number(samples[0].value[1]);
}

/** Converts a number as Prometheus writes it. */
const number = (text: string) => (/^[+-]Inf$/.test(text) ? Number(text.replace("Inf", "Infinity")) : Number(text));
