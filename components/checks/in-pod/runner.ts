/**
 * Waits for the rollouts in the variable ROLLOUTS, then runs the checks in CHECKS in order, in a pod. Exits with 1 if
 * one fails.
 *
 * Failures are printed last, since Pulumi's error shows the end of the output.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { connectPostgres } from "../../postgres/in-pod/client";
import { rolledOut, rolloutName, type Rollout } from "../../workload/in-pod/wait";
import type { Check, CheckList, HttpCheck, LoadCheck, RedisCheck, SqlCheck } from "../check";
import { difference } from "./expect";
import { measureLoad } from "./load";
import { applicationVariables, askLogins } from "./logins";
import { missingSamples } from "./samples";

const requestSeconds = 5;
const captured: Record<string, string> = {};

/** Replaces `${NAME}` by a captured value or an environment variable. */
function fill(text: string): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => lookUp(name));
}

function lookUp(name: string): string {
  const value = name === "NOW" ? new Date().toISOString() : (captured[name] ?? process.env[name]);
  if (value === undefined)
    throw new Error(
      `the check uses \${${name}}, which is neither an environment variable nor captured by an earlier check`,
    );
  return value;
}

async function askHttp(check: HttpCheck): Promise<string | undefined> {
  const method = check.method ?? (check.body === undefined ? "GET" : "POST");
  const url = fill(check.url);
  const headers = Object.fromEntries(Object.entries(check.headers ?? {}).map(([name, value]) => [name, fill(value)]));
  const body = check.body === undefined ? undefined : fill(JSON.stringify(check.body));
  const shown = check.secretUrl ? check.url : url;
  const asked = `${method} ${shown}`;
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
    body,
    redirect: "manual",
    signal: AbortSignal.timeout((check.timeoutSeconds ?? requestSeconds) * 1000),
  }).catch((error: unknown) => {
    throw new Error(`${asked} was not answered: ${reason(error, check.timeoutSeconds).replaceAll(url, shown)}`);
  });
  const text = await response.text();
  const actual = `got ${response.status} ${text.slice(0, 300)}`;
  if (response.status !== (check.status ?? 200)) return `${asked} expected status ${check.status ?? 200}, ${actual}`;
  const type = response.headers.get("content-type") ?? "none";
  if (check.mediaType !== undefined && type.split(";")[0] !== check.mediaType)
    return `${asked} expected the media type ${check.mediaType}, got ${type}`;
  const missing = missingSamples(text, check.metrics ?? []);
  if (missing.length > 0) return `${asked} expected samples of ${missing.join(", ")}, ${actual}`;
  if (check.answer === undefined && !check.capture) return undefined;
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return `${asked} expected JSON, ${actual}`;
  }
  const differs = check.answer === undefined ? undefined : difference(answer, check.answer);
  if (differs) return `${asked}: ${differs}; ${actual}`;
  for (const [name, key] of Object.entries(check.capture ?? {}))
    captured[name] = String((answer as Record<string, unknown>)[key]);
  return undefined;
}

async function askLoad(check: LoadCheck): Promise<string | undefined> {
  const { text, failure } = await measureLoad(check.load, () => askHttp(check).catch(reason));
  console.log(`       ${check.name}: ${text}`);
  return failure;
}

async function askSql(check: SqlCheck): Promise<string | undefined> {
  const parameters: string[] = [];
  const text = check.sql.replace(/\$\{(\w+)\}/g, (_, name: string) => `$${parameters.push(lookUp(name))}`);
  const limits = {
    connectionTimeoutMillis: requestSeconds * 1000,
    query_timeout: (check.timeoutSeconds ?? 30) * 1000,
  };
  const client = await connectPostgres(limits, check.as ? applicationVariables() : process.env);
  try {
    const { rows } = await client.query<Record<string, unknown>>(text, parameters);
    if (check.show) for (const row of rows) console.log(`       ${JSON.stringify(row)}`);
    if (check.row === undefined) return undefined;
    return rows.length === 0 ? `expected a row, got none for: ${check.sql}` : difference(rows[0], check.row);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function askRedis(check: RedisCheck): Promise<string | undefined> {
  const client = new Redis(process.env.REDIS_URL ?? "", {
    lazyConnect: true,
    connectTimeout: requestSeconds * 1000,
    retryStrategy: null,
  });
  // connect() says only that the connection is closed; the event says why.
  let cause: unknown;
  client.on("error", (error) => (cause = error));
  await client.connect().catch((error: unknown) => {
    throw cause ?? error;
  });
  try {
    const [command = "", ...parameters] = check.redis;
    const reply = String(await client.call(command, ...parameters));
    const shown = reply.length > 200 ? `${reply.slice(0, 200)}...` : reply;
    const matches = new RegExp(check.matches).test(reply);
    return matches ? undefined : `${check.redis.join(" ")} answered ${shown}, expected /${check.matches}/`;
  } finally {
    client.disconnect();
  }
}

async function ask(check: Check): Promise<string | undefined> {
  try {
    if ("load" in check) return await askLoad(check);
    if ("url" in check) return await askHttp(check);
    if ("logins" in check) return await askLogins(check);
    return "sql" in check ? await askSql(check) : await askRedis(check);
  } catch (error) {
    return reason(error);
  }
}

/** Repeats a check until it passes or its time has passed. The last answer counts. */
async function askUntil(check: Check): Promise<string | undefined> {
  const end = Date.now() + (check.withinSeconds ?? ("load" in check || "logins" in check ? 0 : 20)) * 1000;
  for (;;) {
    const failure = await ask(check);
    if (failure === undefined || Date.now() >= end) return failure;
    await sleep(1000);
  }
}

function reason(error: unknown, seconds = requestSeconds): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${seconds} s`;
  const { cause } = error as { cause?: unknown };
  if (error instanceof AggregateError && error.errors.length > 0) return reason(error.errors[0]);
  return cause instanceof Error ? `${error.message}: ${reason(cause)}` : error.message;
}

/** Waits for all rollouts at once. */
async function unfinishedRollouts(): Promise<string[]> {
  const { ROLLOUTS = "[]", ROLLOUT_SECONDS } = process.env;
  const waited = (JSON.parse(ROLLOUTS) as Rollout[]).map(async (rollout) => {
    const failure = await rolledOut(rollout, Number(ROLLOUT_SECONDS)).catch(reason);
    const name = rolloutName(rollout);
    console.log(`${failure === undefined ? "ok    " : "FAILED"} ${name} is rolled out`);
    return failure === undefined ? [] : [`FAILED ${name} is rolled out: ${failure}`];
  });
  return (await Promise.all(waited)).flat();
}

async function main(): Promise<void> {
  const { checks, cleanup } = JSON.parse(process.env.CHECKS ?? "") as CheckList;
  const failures = await unfinishedRollouts();
  for (const check of [...checks, ...cleanup]) {
    // A check after a failed one adds nothing new. The clean-up always runs.
    if (failures.length > 0 && !cleanup.includes(check)) continue;
    const failure = await askUntil(check);
    console.log(`${failure === undefined ? "ok    " : "FAILED"} ${check.name}`);
    if (failure !== undefined)
      failures.push(`FAILED ${check.name}: ${failure}${check.hint ? `\n  ${check.hint}` : ""}`);
  }
  if (failures.length === 0) return console.log(`${checks.length} of ${checks.length} checks passed`);
  console.error(failures.join("\n"));
  process.exitCode = 1;
}

void main();
