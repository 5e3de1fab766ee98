/** Checks and their expected answers. The program writes them and the runner in a pod reads them. */

/**
 * Expected value: an equal value, or any value of a type for the words `<string>`, `<number>`, `<boolean>`, `<array>`,
 * `<object>`, `<uuid>`, `<value>` (any that is there). An object must have the expected keys and may have others.
 */
export type Expected = string | number | boolean | null | readonly Expected[] | { readonly [key: string]: Expected };

interface CheckBase {
  /** Limit for an answer, in seconds. Default: 5; 30 for a query. */
  readonly timeoutSeconds?: number;
  /** Name of the check in the result. */
  readonly name: string;
  /** Reason for which the check is left out. Default: it is asked. */
  readonly skip?: string;
  /** Advice for a failure. Default: none. */
  readonly hint?: string;
  /**
   * Time in which the check is repeated until it passes, in seconds. An application's limit of requests ends it. Default:
   * 20; 0 for a request other than GET and HEAD, a load, logins and pods that are watched.
   */
  readonly withinSeconds?: number;
}

/**
 * Request and its expected answer. In url, headers and body, `${NAME}` is an environment variable or a captured value,
 * `${NOW}` is the time in UTC, and `$${` stands for `${`. Errors show a URL without the values of secret variables.
 */
export interface HttpCheck extends CheckBase {
  readonly url: string;
  /** Default: GET, or POST with a body. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Expected;
  /** Default: 200. */
  readonly status?: number;
  /** Expected value of the answer, which is parsed as JSON. Default: any. */
  readonly answer?: Expected;
  /** Samples that the answer must have, in Prometheus' text format. Default: []. */
  readonly metrics?: readonly Sample[];
  /** Expected media type of the answer, such as text/csv. Default: any. */
  readonly mediaType?: string;
  /** Values of the answer to keep for later checks: variable name by key of the answer. Default: {}. */
  readonly capture?: Readonly<Record<string, string>>;
}

/** Sample of a metric of Prometheus. `1` and `1.0` are the same value. */
export interface Sample {
  /** Name of the metric. A histogram has samples if it has buckets, a summary if it counts. */
  readonly metric: string;
  /** Labels that it must have beside others. Default: any. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Default: any. */
  readonly value?: number;
  /** Takes the metric's type for a sample: what it counts may not have happened yet. Default: false. */
  readonly orDescribed?: boolean;
}

/** Many concurrent requests, with limits for failures and latency. */
export interface LoadCheck extends Omit<HttpCheck, "capture"> {
  readonly load: Load;
}

export interface Load {
  readonly requests: number;
  /** Configuration key of `requests`, for the advice where the application limits its requests. */
  readonly requestsKey: string;
  /** Number of concurrent requests. Default: 10. */
  readonly concurrency?: number;
  /** Limit of failed requests in per cent, exclusive; with 0, none may fail. Each has 5 s for the expected answer. */
  readonly errorPercent: number;
  /** Limit for the 95th percentile of the latency, exclusive, in milliseconds. Default: none. */
  readonly p95Milliseconds?: number;
}

/** Query and its expected first row. `${NAME}` is passed as a parameter and never inserted into the text. */
export interface SqlCheck extends CheckBase {
  readonly sql: string;
  /** Default: any row, or none. */
  readonly row?: Expected;
  /** Time in which the row may still come, in seconds. The check passes without it. Default: it must be there. */
  readonly mayCome?: { readonly withinSeconds: number };
  /** Its arrays are names of the schema, not content: the error shows them. Default: false. */
  readonly names?: boolean;
  /** Prints the rows, for checks whose rows are no content of the tables. Default: false. */
  readonly show?: boolean;
  /** Runs the query with the application's login, whose variables begin with APPLICATION_. Default: that of PG*. */
  readonly as?: "application";
}

/**
 * Question about both logins of a database that exists, asked once: whether both answer, within a minute; whether that
 * of PG* keeps its session from one transaction to the next; whether both lead to one database.
 */
export type LoginsCheck =
  (CheckBase & { readonly logins: "answer" | "keep their session" | "lead to one database" }) | ConnectionsCheck;

/** Question whether the server has connections for every pool of the application. */
export interface ConnectionsCheck extends CheckBase {
  readonly logins: "find connections";
  /** Largest number of the application's pods. In a rollout there are twice as many. */
  readonly pods: number;
  /** Connections of each pod. */
  readonly each: number;
  /** Connections of others: migrations, dumps and checks. */
  readonly ours: number;
}

/** Redis command and a regular expression for its reply. */
export interface RedisCheck extends CheckBase {
  readonly redis: readonly string[];
  readonly matches: string;
}

/** Address that must accept a connection, as HOST:PORT. */
export interface TcpCheck extends CheckBase {
  readonly tcp: string;
}

/** Deployments none of whose containers may end within some seconds. */
export interface StaysUpCheck extends CheckBase {
  readonly staysUp: readonly string[];
  readonly seconds: number;
}

export type Check = HttpCheck | LoadCheck | SqlCheck | RedisCheck | TcpCheck | LoginsCheck | StaysUpCheck;

/** Check that removes what others left. */
export type Cleanup = Check & {
  /** Names of these others. If all of them are skipped, nothing is removed. */
  readonly of: readonly string[];
};

/** Content of the runner's variable CHECKS. */
export interface CheckList {
  readonly checks: readonly Check[];
  /** Checks that run last, whether the others passed or not, to remove what those left. */
  readonly cleanup: readonly Check[];
  /** Role that queries act as, where the login has to set it to have its rights. Default: none. */
  readonly actsAs?: string;
  /** Variables that are no secrets. The values of the others that the checks name are never shown. Default: []. */
  readonly plain?: readonly string[];
}
