/** HTTP server: routing, JSON, faults, metrics, and a graceful shutdown. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { drain, keptSeconds } from "./drain";
import type { Faults } from "./faults";
import { findRoute, HttpError, type Answer, type Route } from "./http";
import { errorMessage, type Log } from "./log";
import { durationBuckets, type Metrics } from "./metrics";
import { sleep } from "./time";

export interface Server {
  /** Port that the server listens on. The system chooses one if the requested port is 0. */
  port: number;
  /**
   * Shuts down without losing a request (drain.ts). From the call on each answer says `Connection: close`, so that
   * clients leave while other servers still accept them.
   */
  stop(drainSeconds: number, finishSeconds: number): Promise<void>;
}

const bodyLimit = 100_000;

/** Listens on `port` on all addresses. Throws if it cannot. */
export async function startServer(
  port: number,
  routes: readonly Route[],
  faults: Faults,
  metrics: Metrics,
  log: Log,
): Promise<Server> {
  const requests = metrics.counter("http_requests_total", "Requests answered.");
  const errors = metrics.counter("http_request_errors_total", "Requests answered with a status of 500 or more.", [{}]);
  const durations = metrics.histogram(
    "http_request_duration_seconds",
    "Time from a request's head to the end of its answer.",
    durationBuckets,
  );
  let stopping = false;

  const server = createServer((incoming, response) => {
    const start = process.hrtime.bigint();
    const method = incoming.method ?? "GET";
    const path = (incoming.url ?? "/").split("?", 1)[0]!;
    const seen: Seen = {};
    response.on("close", () => {
      if (!response.headersSent) return;
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      const status = String(response.statusCode);
      const labels = { method, route: seen.route?.path ?? "unmatched", status };
      requests.increment(labels);
      durations.observe(labels, seconds);
      if (response.statusCode >= 500) errors.increment();
      const { statusCode: code } = response;
      seen.route?.answered?.(code, { seconds, error: seen.error });
      if (seen.route?.quiet && code < 400) return;
      const figures = { method, path, status: code, seconds: Number(seconds.toFixed(4)) };
      log("request", { level: levelOf(code), ...figures, error: told(seen.error) });
    });
    answer(incoming, method, path, seen).then(
      (result) => {
        if (result) send(response, result, stopping);
      },
      reportUnexpected(response, log, () => stopping),
    );
  });

  async function answer(incoming: IncomingMessage, method: string, path: string, seen: Seen) {
    const bodyRead = readJson(incoming);
    bodyRead.catch(() => undefined);
    try {
      // The route is looked up first, so that the answers of a fault are counted for its route.
      const found = lookUp(routes, method, path);
      if ("route" in found) seen.route = found.route;
      const fault = await faults.take(method, path);
      if (fault?.delayMs) await sleep(fault.delayMs);
      if (fault?.hang) return undefined;
      if (fault?.status) return faultAnswer(fault.status, fault.body);
      if ("error" in found) throw found.error;
      const query = new URLSearchParams((incoming.url ?? "").split("?").slice(1).join("?"));
      const request = { params: found.params, query, headers: incoming.headers, body: await bodyRead };
      return await found.route.handle(request);
    } catch (error) {
      seen.error = error;
      if (!(error instanceof HttpError)) throw error;
      return errorAnswer(error);
    }
  }

  // Much longer than clients may keep an idle connection. Clients therefore close it first, and no request meets a
  // closing one.
  server.keepAliveTimeout = 65_000;
  server.headersTimeout = 70_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => resolve());
  });

  return {
    port: (server.address() as AddressInfo).port,
    stop(drainSeconds, finishSeconds) {
      stopping = true;
      return drain(server, drainSeconds, finishSeconds);
    },
  };
}

/** Details of a request for the log and the metrics. */
interface Seen {
  /** Route that matched. */
  route?: Route;
  /** Error that was thrown. */
  error?: unknown;
}

/** Level of an answer. One of 503 is wanted: the application waits, drains, or is in maintenance. */
function levelOf(status: number): "info" | "warn" | "error" {
  if (status < 400) return "info";
  return status < 500 || status === 503 ? "warn" : "error";
}

/** Returns the error message that the client received. */
const told = (error: unknown) => (error instanceof HttpError ? error.message : undefined);

type Found = ReturnType<typeof findRoute> | { error: HttpError };

function lookUp(routes: readonly Route[], method: string, path: string): Found {
  try {
    return findRoute(routes, method, path);
  } catch (error) {
    if (error instanceof HttpError) return { error };
    throw error;
  }
}

/** Reads the whole body, so that the connection can be reused, and parses it. */
async function readJson(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    length += (chunk as Buffer).length;
    if (length <= bodyLimit) chunks.push(chunk as Buffer);
  }
  if (length > bodyLimit) throw new HttpError(413, `The body is larger than ${bodyLimit} bytes.`, "body");
  if (length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new HttpError(400, "The body is not JSON.", "body");
  }
}

const errorAnswer = ({ status, message, field, headers }: HttpError): Answer => ({
  status,
  body: { error: message, ...(field ? { field } : {}) },
  headers,
});

const faultAnswer = (status: number, body: string | undefined): Answer => ({
  status,
  body: body ?? { error: "The stand-in application was told to fail." },
  headers: body === undefined ? {} : { "content-type": "text/plain; charset=utf-8" },
});

/** Returns a handler of unexpected errors. It logs the cause and tells the client only that there was an error. */
function reportUnexpected(response: ServerResponse, log: Log, stopping: () => boolean) {
  return (error: unknown) => {
    if (response.req.destroyed && !response.req.complete) return;
    log("request failed", { error: errorMessage(error), stack: error instanceof Error ? error.stack : undefined });
    if (!response.headersSent)
      send(response, { status: 500, body: { error: "Something unexpected failed; see the log." } }, stopping());
  };
}

function send(response: ServerResponse, answer: Answer, close: boolean): void {
  const isText = typeof answer.body === "string";
  const payload = isText ? (answer.body as string) : `${JSON.stringify(answer.body)}\n`;
  response.writeHead(answer.status, {
    "content-type": isText ? "text/plain; charset=utf-8" : "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(payload),
    "x-stand-in": "true",
    ...(close ? { connection: "close" } : { "keep-alive": `timeout=${keptSeconds}` }),
    ...answer.headers,
  });
  response.end(payload);
}
