/**
 * Sends requests at a constant rate from a pod in the lab, and prints the results as one JSON object. The load is an
 * open loop: a slow response does not delay the next request. Half of the requests use keep-alive connections and half
 * open a new one, since a rollout can break either kind.
 *
 * It runs for LEAST seconds and then until SIGUSR1, but for no more than MOST seconds.
 *
 *     RATE=300 LEAST=60 MOST=300 URLS=http://a,http://b HEADERS='{}' node generator.cjs
 */
import { Agent, request } from "node:http";

const rate = Number(process.env.RATE);
const least = Number(process.env.LEAST);
let seconds = Number(process.env.MOST);
const urls = (process.env.URLS ?? "").split(",");
const headers = JSON.parse(process.env.HEADERS ?? "{}") as Record<string, string>;
// Same idle timeout as Node's default agent. Without one, requests would use connections that the server is closing.
const kept = new Agent({ keepAlive: true, maxSockets: 50, timeout: 5_000 });
const fresh = new Agent({ keepAlive: false });
const failures = new Map<string, number>();
const releases = new Set<string>();
const times: number[] = [];
let open = 0;

/** Records the release that answered. The test checks that the load lasted for the whole rollout. */
function noteRelease(body: string): void {
  const release = /"(?:release|version)":"([^"]+)"/.exec(body)?.[1];
  if (release) releases.add(release);
}

function ask(number: number): void {
  const start = performance.now();
  open += 1;
  let ended = false;
  const end = (failure?: string) => {
    if (ended) return;
    ended = true;
    open -= 1;
    times.push(performance.now() - start);
    if (failure) failures.set(failure, (failures.get(failure) ?? 0) + 1);
  };
  const url = urls[Math.floor(number / 2) % urls.length]!;
  const asked = request(url, { agent: number % 2 === 0 ? kept : fresh, timeout: 10_000, headers }, (response) => {
    let body = "";
    response.on("data", (chunk: Buffer) => (body += chunk.toString()));
    response.on("error", (error) => end(`the answer broke off: ${error.message}`));
    response.on("end", () => {
      noteRelease(body);
      end(response.statusCode === 200 ? undefined : `status ${response.statusCode}: ${body.slice(0, 100)}`);
    });
  });
  asked.on("timeout", () => asked.destroy(new Error("no answer within 10 s")));
  asked.on("error", (error) => end(error.message));
  asked.end();
}

const begin = performance.now();
let sent = 0;
process.on("SIGUSR1", () => (seconds = Math.max(least, Math.ceil((performance.now() - begin) / 1000))));
const timer = setInterval(() => {
  const due = Math.min(rate * seconds, Math.floor(((performance.now() - begin) / 1000) * rate));
  while (sent < due) ask(sent++);
  if (sent < rate * seconds || open > 0) return;
  clearInterval(timer);
  kept.destroy();
  times.sort((one, other) => one - other);
  const percentile = (share: number) => Number(times[Math.ceil(times.length * share) - 1]!.toFixed(1));
  const failed = [...failures.values()].reduce((sum, count) => sum + count, 0);
  const took = (performance.now() - begin) / 1000;
  const result = {
    ...{ requests: sent, failed, failures: Object.fromEntries(failures), releases: [...releases] },
    ...{
      requestsPerSecond: Math.round(sent / took),
      p50: percentile(0.5),
      p95: percentile(0.95),
      p99: percentile(0.99),
    },
  };
  console.log(JSON.stringify(result));
}, 5);
