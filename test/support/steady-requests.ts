/** Requests one after the other, each on a connection of its own, as clients send them during a rollout. */
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Result of the requests. */
export interface Answers {
  readonly count: number;
  /** Status or error of each request that was not answered with 200. */
  readonly lost: readonly string[];
  /** Different answers, in the order of their first. */
  readonly bodies: readonly string[];
}

const pauseMilliseconds = 20;
const timeoutMilliseconds = 5000;

/** Starts the requests. The returned function ends them. */
export function steadyRequests(url: string): () => Promise<Answers> {
  const lost: string[] = [];
  const bodies = new Set<string>();
  let count = 0;
  let ended = false;
  const sent = (async () => {
    for (; !ended; await sleep(pauseMilliseconds)) {
      count++;
      await once(url).then(
        ({ status, body }) => (status === 200 ? bodies.add(body) : lost.push(`${status}`)),
        (error: Error) => lost.push(error.message),
      );
    }
  })();
  return async () => {
    ended = true;
    await sent;
    return { count, lost, bodies: [...bodies] };
  };
}

const once = (url: string) =>
  new Promise<{ readonly status: number | undefined; readonly body: string }>((resolve, reject) => {
    const call = request(url, { agent: false, timeout: timeoutMilliseconds }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ status: response.statusCode, body }));
    });
    call.on("timeout", () => call.destroy(new Error(`no answer within ${timeoutMilliseconds / 1000} s`)));
    call.on("error", reject).end();
  });
