/**
 * Turns the maintenance mode on, and asks the application, as a user does, until it is in it. Runs in a pod, and ends
 * with 1 if the application does not answer 503 in time. It sets the flags whenever it runs, so that a run that goes on
 * after a failure never relies on what somebody has removed since.
 *
 * Variables: FLAGS (JSON list), VALUE, URL, TIMES, WITHIN_SECONDS, REDIS_URL, TEST_API_KEY, and ABSENT, which is "fine"
 * where the application may not be there, as before its first deployment.
 */
import { request as http } from "node:http";
import { request as https } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { withRedis } from "../../../components/redis/in-pod/client";

const { URL: url = "", VALUE = "", TEST_API_KEY = "", ABSENT } = process.env;
const flags = JSON.parse(process.env.FLAGS ?? "[]") as readonly string[];
/** Number of answers that must be right one after another, since several pods give them. */
const times = Number(process.env.TIMES);
const withinSeconds = Number(process.env.WITHIN_SECONDS);

const requestSeconds = 5;
/** Time for which nobody must answer, in seconds. A Service has no pods for a moment when they restart, too. */
const absentSeconds = 10;
/** Errors of an address that nobody serves: there is no such Service, or it has no pod. */
const absence = ["ENOTFOUND", "ECONNREFUSED"];

const setFlags = () =>
  withRedis({ connectSeconds: requestSeconds }, async (redis) => {
    for (const flag of flags) await redis.set(flag, VALUE);
  });

/** Sends one request on a connection of its own. Resolves to the status, or to the error's code. */
function ask(): Promise<string> {
  return new Promise((resolve) => {
    const request = (url.startsWith("https:") ? https : http)(
      url,
      { agent: false, headers: { authorization: `Bearer ${TEST_API_KEY}` }, timeout: requestSeconds * 1000 },
      (response) => {
        response.resume();
        resolve(String(response.statusCode));
      },
    );
    request.on("timeout", () => request.destroy(new Error(`no answer within ${requestSeconds} s`)));
    request.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    request.end();
  });
}

/** Resolves to what was found, and rejects with what is wrong. */
async function inMaintenance(): Promise<string> {
  const began = Date.now();
  for (let last = "", same = 0, since = began; ; await sleep(100)) {
    const answer = await ask();
    const isAbsent = ABSENT === "fine" && absence.includes(answer);
    if (answer !== last) [last, same, since] = [answer, 0, Date.now()];
    if (answer === "503" || isAbsent) same += 1;
    if (answer === "503" && same >= times) return `GET ${url}: 503, ${same} times`;
    if (isAbsent && Date.now() - since >= absentSeconds * 1000) return `nobody serves ${url}: ${answer}`;
    // The answer that ends the wait is one that is wrong or has changed: the message shows it.
    if (same <= 1 && Date.now() - began >= withinSeconds * 1000) throw new Error(notInMaintenance(answer));
  }
}

const notInMaintenance = (answer: string) =>
  `GET ${url}: ${answer}, expected 503 within ${withinSeconds} s after ${flags.join(", ")} was set to ${VALUE}. The ` +
  "application is not in maintenance mode, and nothing was migrated; the flag stays set.\n  Set pm:maintenance.flag and " +
  "pm:maintenance.value to what the application that runs looks for in its Redis, and pm:maintenance.url to what its " +
  "users request, or to pm-backend if nobody serves them yet; then run up again.";

setFlags()
  .then(inMaintenance)
  .then(console.log, (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
