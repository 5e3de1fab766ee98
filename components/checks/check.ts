/** What a check asks, and what it expects. Shared by the program, which writes checks, and the runner, which asks. */

/**
 * An expected value: equal to it, or of a kind when it is one of the words `<string>`, `<number>`, `<boolean>`,
 * `<array>`, `<object>`, `<uuid>`. An object's expected keys must be there; others may be.
 */
export type Expected = string | number | boolean | null | readonly Expected[] | { readonly [key: string]: Expected };

interface CheckBase {
  /** How long an answer may take. Default: 5; 30 for a query. */
  readonly timeoutSeconds?: number;
  /** How the check is called in the result. */
  readonly name: string;
  /** What to do when it fails. Default: nothing to add. */
  readonly hint?: string;
  /** Asked again until it passes, for this many seconds. Default: 20; 0 for a load. */
  readonly withinSeconds?: number;
}

/**
 * A request and its expected answer. `${NAME}` in url, headers and body is a variable or a captured value; `${NOW}` is the
 * time, in UTC.
 */
export interface HttpCheck extends CheckBase {
  readonly url: string;
  /** Default: GET, or POST with a body. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Expected;
  /** Default: 200. */
  readonly status?: number;
  /** What the answer, read as JSON, must hold. Default: anything. */
  readonly answer?: Expected;
  /** Prometheus metrics of which the answer must have a sample: a name, or a whole sample with its value. Default: none. */
  readonly metrics?: readonly string[];
  /** What the answer's media type must be, such as text/csv. Default: any. */
  readonly mediaType?: string;
  /** Whether the address is a secret: an error then shows it as it stands here, unfilled. Default: false. */
  readonly secretUrl?: boolean;
  /** Values of the answer to keep for later checks: name by key of the answer. */
  readonly capture?: Readonly<Record<string, string>>;
}

/** Many requests at once, and how many of them may fail or be slow. */
export interface LoadCheck extends Omit<HttpCheck, "capture"> {
  readonly load: Load;
}

export interface Load {
  readonly requests: number;
  /** How many at a time. Default: 10. */
  readonly concurrency?: number;
  /** In per cent: less than so many may fail, none with 0. One fails that is not answered as expected within 5 s. */
  readonly errorPercent: number;
  /** 95 % of them have to take less. Default: not asked. */
  readonly p95Milliseconds?: number;
}

/** A query and its first row. `${NAME}` is passed as a parameter, never pasted into the text. */
export interface SqlCheck extends CheckBase {
  readonly sql: string;
  /** Default: any row, or none. */
  readonly row?: Expected;
  /** Whether the rows are printed, for people to look at. Default: false. */
  readonly show?: boolean;
}

/** A Redis command and a regular expression for its reply. */
export interface RedisCheck extends CheckBase {
  readonly redis: readonly string[];
  readonly matches: string;
}

export type Check = HttpCheck | LoadCheck | SqlCheck | RedisCheck;

/** What the runner reads from its variable CHECKS. */
export interface CheckList {
  readonly checks: readonly Check[];
  /** Asked at the end, whether the checks passed or not: takes away what they left. */
  readonly cleanup: readonly Check[];
}
