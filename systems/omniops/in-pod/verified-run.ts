/**
 * Runs the application's backfill script, in its own pod, and verifies what it did in the database of the PG* variables:
 *
 *     node backfill.cjs COMMAND... --days=N [--dry-run]
 *
 * A dry run must write no analysis, and end with a JSON object in its last line whose "toAnalyse" is the database's number.
 * After a real run no customer's message of that time may be without an analysis, be it one that failed. Ends with 1, and
 * says why, if not.
 */
import { spawn } from "node:child_process";
import { queryAs } from "../../../components/postgres/in-pod/acting-as";
import { connectPostgres } from "../../../components/postgres/in-pod/client";

interface Progress {
  /** Messages of customers. */
  readonly messages: number;
  /** Messages without a completed analysis. */
  readonly missing: number;
  /** Messages without any attempt at an analysis. */
  readonly untried: number;
  /** Analyses of any of them. */
  readonly analyses: number;
}

/** From so long ago, to so long ago: by the database's clock, which the script goes by as well. */
interface Window {
  readonly from: string;
  readonly to: string;
}

const progress = `SELECT count(*)::int AS messages,
    count(*) FILTER (WHERE analysis.status IS DISTINCT FROM 'completed')::int AS missing,
    count(*) FILTER (WHERE analysis.status IS NULL OR analysis.status = 'pending')::int AS untried,
    count(analysis.message_id)::int AS analyses
  FROM messages LEFT JOIN sentiment_analysis AS analysis ON analysis.message_id = messages.id
  WHERE messages.role = 'customer' AND messages.created_at >= $1 AND messages.created_at < $2`;

async function ask<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row> {
  const client = await connectPostgres({ connectionTimeoutMillis: 10_000 });
  try {
    return (await queryAs<Row>(client, "service_role", sql, values)).rows[0]!;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Messages come and grow older while it runs. `sure` are those that it must have seen, a minute apart from both ends, for a
 * message is visible only when its transaction ends; `possible` are all that it may have seen.
 */
const windows = (days: number, start: string) =>
  ask<{ sure: Window; possible: Window }>(
    `SELECT json_build_object('from', now() - make_interval(days => $1) + interval '1 minute', 'to', $2::timestamptz - interval '1 minute') AS sure,
       json_build_object('from', $2::timestamptz - make_interval(days => $1) - interval '1 minute', 'to', now() + interval '1 minute') AS possible`,
    [days, start],
  );

const progressIn = ({ from, to }: Window) => ask<Progress>(progress, [from, to]);

/** Runs the script with this process's output; resolves with the last line that it printed. */
function run([command = "", ...args]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    // A task that is ended tells its process; the script's own stop is cleaner than the pod's end.
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      process.stdout.write(chunk);
      output = (output + chunk.toString()).slice(-10_000);
    });
    child.on("error", reject);
    child.on("close", (code, signal) =>
      code === 0
        ? resolve(output.trimEnd().split("\n").at(-1) ?? "")
        : reject(new Error(`${command} ${args.join(" ")} ended with ${code ?? signal}`)),
    );
  });
}

/** The number of a dry run. Throws Error if its last line has none. */
function reported(line: string): number {
  const problem = `the dry run must end with a line such as {"toAnalyse": 120}, and ended with: ${line.slice(0, 200)}`;
  try {
    const { toAnalyse } = JSON.parse(line) as { toAnalyse?: unknown };
    if (typeof toAnalyse === "number") return toAnalyse;
  } catch {
    // Said below.
  }
  throw new Error(problem);
}

async function main(command: readonly string[]): Promise<string> {
  const days = Number(command.find((argument) => argument.startsWith("--days="))?.slice("--days=".length));
  const { start } = await ask<{ start: string }>("SELECT now()::text AS start");
  const before = await progressIn((await windows(days, start)).sure);
  console.log(`${before.missing} of ${before.messages} messages of the last ${days} days lack an analysis`);
  const lastLine = await run(command);
  const { sure, possible } = await windows(days, start);
  const after = await progressIn(sure);
  if (!command.includes("--dry-run")) {
    if (after.untried > 0) throw new Error(`${after.untried} of ${after.messages} messages still lack an analysis`);
    const failed = after.missing > 0 ? `; of ${after.missing} it failed` : "";
    return `verified: ${after.analyses - before.analyses} analyses were written, none is missing${failed}`;
  }
  if (after.analyses > before.analyses)
    throw new Error(`the dry run wrote ${after.analyses - before.analyses} analyses: it must write none`);
  const number = reported(lastLine);
  const { missing: most } = await progressIn(possible);
  if (number < after.missing || number > most)
    throw new Error(`the dry run would analyse ${number} messages, and ${after.missing} lack an analysis`);
  return `verified: the dry run wrote nothing; ${number} messages are to be analysed`;
}

main(process.argv.slice(2)).then(
  (result) => console.log(result),
  (error: unknown) => {
    console.error(`the backfill is not as it should be: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  },
);
