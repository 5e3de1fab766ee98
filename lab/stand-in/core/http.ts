/** Requests, answers and routes, as the rest of the stand-in application sees them. */
import type { IncomingHttpHeaders } from "node:http";

export interface Request {
  /** The parts of the path that the route leaves open, decoded: `id` of `/api/feedback/:id`. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The parsed JSON body; undefined when there is none. */
  body: unknown;
}

export interface Answer {
  status: number;
  /** Sent as JSON, unless it is a string: then as it is, with the content type of `headers`. */
  body: unknown;
  headers?: Record<string, string>;
}

/** What became of a request, for those who measure. */
export interface Outcome {
  /** From the request's head to the end of its answer. */
  seconds: number;
  /** What was thrown, if anything was; also what the client is not told. */
  error?: unknown;
}

export const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export interface Route {
  method: (typeof methods)[number];
  /**
   * A path whose `:name` parts match anything but a slash. With `/*` at its end it matches all that no other route does;
   * the rest is then the parameter `*`, as it was sent.
   */
  path: string;
  /** Not in the log while all is well, for it is asked every few seconds. Default false. */
  quiet?: boolean;
  handle(request: Request): Promise<Answer> | Answer;
  /** Hears the status of each answer, also of one that a fault gave. */
  answered?(status: number, outcome: Outcome): void;
}

/** An error that the client is told about, with the field that is wrong, if one is. */
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

/** Something the application needs is not there now: answered with 503. */
export class Unavailable extends HttpError {
  constructor(message: string) {
    super(503, message);
  }
}

export interface Match {
  route: Route;
  params: Record<string, string>;
}

/** The route for a method and path. Throws HttpError 404, or 405 with the methods that the path has. */
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
