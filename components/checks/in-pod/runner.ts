/**
 * Waits for the rollouts in the variable ROLLOUTS, then runs the checks in CHECKS in order, in a pod. Exits with 1 if
 * one fails.
 *
 * Failures are printed last, since Pulumi's error shows the end of the output.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:net";
import { queryAs } from "../../postgres/in-pod/acting-as";
import { connectPostgres } from "../../postgres/in-pod/client";
import { withRedis } from "../../redis/in-pod/client";
import { unsteady } from "../../workload/in-pod/stays-up";
import { rolledOut, rolloutName, type Rollout } from "../../workload/in-pod/wait";
import type { Check, CheckList, LoadCheck, RedisCheck, SqlCheck, StaysUpCheck, TcpCheck } from "../check";
import { difference, withoutContent } from "./expect";
import { askHttp, methodOf } from "./http";
import { measureLoad, rateLimited } from "./load";
import { applicationVariables, askLogins } from "./logins";
import { reason, requestSeconds } from "./reason";
import { beginning, declarePlain, fill, hide, lookUp } from "./variables";

/** Prints a result without the values of secret variables. */
const print = (text: string) => console.log(hide(text));

async function askLoad(check: LoadCheck): Promise<string | undefined> {
  const { text, failure } = await measureLoad(check.load, () =>
    askHttp(check).catch((error: unknown) => reason(error)),
  );
  print(`       ${check.name}: ${text}`);
  return failure;
}

async function askSql(check: SqlCheck, actsAs: string | undefined): Promise<string | undefined> {
  const parameters: string[] = [];
  const text = fill(check.sql, (name) => `$${parameters.push(lookUp(name))}`);
  const limits = {
    connectionTimeoutMillis: requestSeconds * 1000,
    query_timeout: (check.timeoutSeconds ?? 30) * 1000,
  };
  const client = await connectPostgres(limits, check.as ? applicationVariables() : process.env);
  try {
    const end = Date.now() + (check.mayCome?.withinSeconds ?? 0) * 1000;
    for (;;) {
      const { rows } = await queryAs<Record<string, unknown>>(client, actsAs, text, parameters);
      if (check.show) for (const row of rows) print(`       ${JSON.stringify(row)}`);
      const failure = differenceOfRow(check, rows);
      if (failure === undefined || !check.mayCome) return failure;
      if (Date.now() >= end) return undefined;
      await sleep(1000);
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Lists of names that our own checks find are shown; of other rows, which may be a user's, no more than was asked for. */
function differenceOfRow({ row, sql, names }: SqlCheck, rows: readonly object[]): string | undefined {
  if (row === undefined) return undefined;
  return rows.length === 0
    ? `expected a row, got none for: ${sql}`
    : difference(rows[0], row, names ? undefined : withoutContent);
}

async function askRedis({ redis, matches, timeoutSeconds }: RedisCheck): Promise<string | undefined> {
  const limits = { connectSeconds: timeoutSeconds ?? requestSeconds, commandSeconds: timeoutSeconds };
  const [command = "", ...parameters] = redis;
  const reply = String(await withRedis(limits, (client) => client.call(command, ...parameters)));
  if (new RegExp(matches).test(reply)) return undefined;
  // A longer reply may be data of users.
  const shown = /^[\w.-]{0,40}$/.test(reply) ? beginning(reply, 40) : `${reply.length} characters`;
  return `${redis.join(" ")} answered ${shown}, expected /${matches}/`;
}

/** Connects and closes the connection. */
async function askTcp({ tcp, timeoutSeconds = requestSeconds }: TcpCheck): Promise<string | undefined> {
  const [host = "", port] = tcp.split(":");
  const socket = connect({ host, port: Number(port) });
  try {
    return await new Promise<string | undefined>((resolve, reject) => {
      socket.setTimeout(timeoutSeconds * 1000, () =>
        resolve(`${tcp} did not accept a connection within ${timeoutSeconds} s`),
      );
      socket.once("connect", () => resolve(undefined));
      socket.once("error", reject);
    });
  } finally {
    socket.destroy();
  }
}

/** Watches all Deployments at once. */
async function askPods({ staysUp, seconds }: StaysUpCheck): Promise<string | undefined> {
  const ended = await Promise.all(staysUp.map((deployment) => unsteady(deployment, seconds)));
  return ended.find((each) => each !== undefined);
}

async function ask(check: Check, actsAs: string | undefined): Promise<string | undefined> {
  try {
    if ("load" in check) return await askLoad(check);
    if ("url" in check) return await askHttp(check);
    if ("logins" in check) return await askLogins(check);
    if ("tcp" in check) return await askTcp(check);
    if ("staysUp" in check) return await askPods(check);
    return "sql" in check ? await askSql(check, actsAs) : await askRedis(check);
  } catch (error) {
    return reason(error);
  }
}

/** Tells whether asking again neither writes nor measures once more. */
function mayRepeat(check: Check): boolean {
  if ("url" in check) return !("load" in check) && ["GET", "HEAD"].includes(methodOf(check));
  return !("logins" in check || "staysUp" in check);
}

/** Repeats a check until it passes or its time has passed. The last answer counts. */
async function askUntil(check: Check, actsAs: string | undefined): Promise<string | undefined> {
  const end = Date.now() + (check.withinSeconds ?? (mayRepeat(check) ? 20 : 0)) * 1000;
  for (;;) {
    const failure = await ask(check, actsAs);
    // More requests would only prolong a limit of requests.
    if (failure === undefined || failure.includes(rateLimited) || Date.now() >= end) return failure;
    await sleep(1000);
  }
}

/** Waits for all rollouts at once. */
async function unfinishedRollouts(): Promise<string[]> {
  const { ROLLOUTS = "[]", ROLLOUT_SECONDS } = process.env;
  const waited = (JSON.parse(ROLLOUTS) as Rollout[]).map(async (rollout) => {
    const failure = await rolledOut(rollout, Number(ROLLOUT_SECONDS)).catch((error: unknown) => reason(error));
    const name = rolloutName(rollout);
    console.log(`${failure === undefined ? "ok    " : "FAILED"} ${name} is rolled out`);
    return failure === undefined ? [] : [`FAILED ${name} is rolled out: ${failure}`];
  });
  return (await Promise.all(waited)).flat();
}

async function main(): Promise<void> {
  const { checks, cleanup, actsAs, plain = [] } = JSON.parse(process.env.CHECKS ?? "") as CheckList;
  declarePlain(plain);
  const failures = await unfinishedRollouts();
  const skipped: string[] = [];
  for (const check of [...checks, ...cleanup]) {
    // A check after a failed one adds nothing new. The clean-up always runs.
    if (failures.length > 0 && !cleanup.includes(check)) continue;
    if (check.skip !== undefined) {
      skipped.push(`${check.name}: ${check.skip}`);
      print(`skipped ${check.name}: ${check.skip}`);
      continue;
    }
    const failure = await askUntil(check, actsAs);
    print(`${failure === undefined ? "ok    " : "FAILED"} ${check.name}`);
    if (failure !== undefined)
      failures.push(`FAILED ${check.name}: ${failure}${check.hint ? `\n  ${check.hint}` : ""}`);
  }
  const asked = checks.filter(({ skip }) => skip === undefined);
  const left = skipped.length === 0 ? "" : `, ${skipped.length} skipped (${skipped.join("; ")})`;
  if (failures.length === 0) return print(`${asked.length} of ${checks.length} checks passed${left}`);
  console.error(hide(failures.join("\n")));
  process.exitCode = 1;
}

void main();
