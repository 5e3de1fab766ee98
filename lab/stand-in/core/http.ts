/** Requests, answers and routes of the stand-in application. */
import type { IncomingHttpHeaders } from "node:http";

export interface Request {
  /** Decoded variable parts of the path: `id` of `/api/feedback/:id`. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Parsed JSON body. Undefined if there is none. */
  body: unknown;
}

export interface Answer {
  status: number;
  /** Body, sent as JSON. A string is sent unchanged, with the content type of `headers`. */
  body: unknown;
  headers?: Record<string, string>;
}

/** Outcome of a request, for metrics and records. */
export interface Outcome {
  /** Time from the request's head to the end of its answer, in seconds. */
  seconds: number;
  /** Error that was thrown, even if the client is not told. Undefined if there was none. */
  error?: unknown;
}

export const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export interface Route {
  method: (typeof methods)[number];
  /**
   * Path pattern. A `:name` part matches any text without a slash. A `/*` at its end matches all paths that no other
   * route does. The rest of such a path is the parameter `*`, which is not decoded.
   */
  path: string;
  /** Omits successful requests from the log, because they arrive every few seconds. Default: false. */
  quiet?: boolean;
  handle(request: Request): Promise<Answer> | Answer;
  /** Receives the status of each answer, including that of a fault. */
  answered?(status: number, outcome: Outcome): void;
}

/** Error that is reported to the client, with the field that is wrong, if any. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly field?: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** Error for an unavailable dependency. It is answered with 503. */
export class Unavailable extends HttpError {
  constructor(message: string) {
    super(503, message);
  }
}

export interface Match {
  route: Route;
  params: Record<string, string>;
}

/** Finds the route for a method and path. Throws HttpError 404, or 405 with the methods that the path has. */
export function findRoute(routes: readonly Route[], method: string, path: string): Match {
  const all = routes.flatMap((route) => {
    const params = matchPath(route.path, path);
    return params ? [{ route, params }] : [];
  });
  const exact = all.filter(({ route }) => !route.path.endsWith("/*"));
  const matching = exact.length > 0 ? exact : all;
  const match = matching.find(({ route }) => route.method === method);
  if (match) return match;
  if (matching.length === 0) throw new HttpError(404, `There is no ${path} here.`);
  const allow = matching.map(({ route }) => route.method).join(", ");
  throw new HttpError(405, `${path} takes ${allow}, not ${method}.`, undefined, { allow });
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  if (pattern.endsWith("/*")) {
    const start = pattern.slice(0, -1);
    return path.startsWith(start) ? { "*": path.slice(start.length) } : undefined;
  }
  const expected = pattern.split("/");
  const actual = path.split("/");
  if (expected.length !== actual.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const text = actual[index] ?? "";
    if (!part.startsWith(":")) {
      if (part !== text) return undefined;
    } else {
      if (text === "") return undefined;
      params[part.slice(1)] = decode(text);
    }
  }
  return params;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new HttpError(400, `"${text}" in the path is not percent-encoded text.`);
  }
}
