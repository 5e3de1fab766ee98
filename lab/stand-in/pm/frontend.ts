/**
 * Role frontend. It has neither a database nor Redis, and finds the backend by API_URL.
 *
 * - GET / -> 200 with the homepage; 503 with `Retry-After` and the maintenance page if the backend answers GET
 *   /api/maintenance with 503 ("maintenance page" of the runbook's load balancer). A request that bypasses maintenance
 *   mode gets the homepage. If the backend is unreachable, the page says so, with 200, because the frontend itself
 *   works.
 * - /api/... -> the backend's answer to the same request; 502 {error} if there is none.
 */
import type { Context, Role } from "../core/application";
import { HttpError, methods, type Answer, type Request, type Route } from "../core/http";
import { maintenancePage, page } from "./pages";
import { backendUrl } from "./settings";

const limitMilliseconds = 15_000;
const sent = ["authorization", "x-maintenance-bypass"];
const returned = ["content-type", "content-disposition", "retry-after", "www-authenticate", "allow"];

export function frontend({ settings: { environment, release } }: Pick<Context, "settings">): Role {
  const backend = backendUrl(environment);

  async function homepage(request: Request): Promise<Answer> {
    const answer = await ask(backend, "GET", "maintenance", request).catch((error: Error) => error.message);
    const html = { "content-type": "text/html; charset=utf-8" };
    if (typeof answer === "string") return { status: 200, body: page(release, answer), headers: html };
    const retry = answer.headers?.["retry-after"];
    if (answer.status !== 503 || retry === undefined) return { status: 200, body: page(release), headers: html };
    return { status: 503, body: maintenancePage(release), headers: { ...html, "retry-after": retry } };
  }

  const forward = (method: Route["method"]) => (request: Request) =>
    ask(backend, method, request.params["*"]!, request);
  return {
    needs: [],
    requires: ["API_URL"],
    queues: [],
    routes: [
      { method: "GET", path: "/", handle: homepage },
      ...methods.map((method): Route => ({ method, path: "/api/*", handle: forward(method) })),
    ],
  };
}

/** Forwards a request to the backend. Throws HttpError 502 if there is no answer. */
async function ask(backend: string, method: string, path: string, request: Request): Promise<Answer> {
  const url = new URL(`${backend}/api/${path}`);
  // Dot segments may lead out of /api.
  if (!url.pathname.startsWith("/api/")) throw new HttpError(404, `There is no ${url.pathname} here.`);
  url.search = request.query.toString();
  const hasBody = request.body !== undefined && method !== "GET";
  try {
    const answer = await fetch(url, {
      method,
      headers: { ...pick(sent, request.headers), ...(hasBody ? { "content-type": "application/json" } : {}) },
      body: hasBody ? JSON.stringify(request.body) : undefined,
      redirect: "manual",
      signal: AbortSignal.timeout(limitMilliseconds),
    });
    return {
      status: answer.status,
      body: await answer.text(),
      headers: pick(returned, Object.fromEntries(answer.headers)),
    };
  } catch (error) {
    throw new HttpError(502, `The backend cannot be reached (${causeOf(error)}).`);
  }
}

function pick(names: readonly string[], headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const there = names.map((name) => [name, headers[name]] as const);
  return Object.fromEntries(
    there.filter((header): header is readonly [string, string] => typeof header[1] === "string"),
  );
}

/**
 * Returns the cause of a failed fetch, whose own message is only "fetch failed". The message of the cause is empty if
 * several addresses were tried.
 */
function causeOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  if (name === "TimeoutError") return `no answer within ${limitMilliseconds / 1000} s`;
  return cause?.message || cause?.code || message;
}
