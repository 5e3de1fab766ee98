/**
 * Runs the application's backfill script, in its own pod, and verifies what it did in the database:
 *
 *     node backfill.cjs COMMAND... --days=N [--dry-run]
 *
 * A dry run must write nothing, and where it reports a number ("toAnalyse" of a JSON object in its last line) that must
 * be the database's. After a real run no message of that time may lack its analysis. Ends with 1, and says why, if not.
 */
import { spawn } from "node:child_process";
import { Client } from "pg";

interface Progress {
  /** Messages of customers in the days asked for. */
  readonly messages: number;
  /** Those of them without a completed analysis. */
  readonly missing: number;
  /** Analyses that a backfill wrote, whenever. */
  readonly written: number;
}

const progress = `SELECT count(*)::int AS messages,
    count(*) FILTER (WHERE analysis.message_id IS NULL)::int AS missing,
    (SELECT count(*)::int FROM sentiment_analysis WHERE source = 'backfill') AS written
  FROM messages LEFT JOIN sentiment_analysis AS analysis
    ON analysis.message_id = messages.id AND analysis.status = 'completed'
  WHERE messages.role = 'customer' AND messages.created_at >= $1 AND messages.created_at < $2`;

async function ask(since: number, until: number): Promise<Progress> {
  const client = new Client({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rows } = await client.query<Progress>(progress, [new Date(since), new Date(until)]);
    return rows[0]!;
  } finally {
    await client.end().catch(() => undefined);
  }
}

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

function reported(line: string): number | undefined {
  try {
    const { toAnalyse } = JSON.parse(line) as { toAnalyse?: number };
    return toAnalyse;
  } catch {
    return undefined;
  }
}

async function main(command: readonly string[]): Promise<string> {
  const days = Number(command.find((argument) => argument.startsWith("--days="))?.slice("--days=".length));
  const length = days * 24 * 3600 * 1000;
  const start = Date.now();
  const before = await ask(start - length, start);
  console.log(`${before.missing} of ${before.messages} messages of the last ${days} days lack an analysis`);
  const number = reported(await run(command));
  // Messages come and grow older while it runs: those that it has to have seen, and those that it may have seen.
  const end = Date.now();
  const seen = await ask(end - length, start);
  if (!command.includes("--dry-run")) {
    if (seen.missing > 0) throw new Error(`${seen.missing} of ${seen.messages} messages still lack an analysis`);
    return `verified: ${seen.written - before.written} analyses were written, none is missing`;
  }
  if (seen.written !== before.written)
    throw new Error(`the dry run wrote ${seen.written - before.written} analyses: it must write none`);
  const { missing: most } = await ask(start - length, end);
  if (number !== undefined && (number < seen.missing || number > most))
    throw new Error(`the dry run would analyse ${number} messages, and ${seen.missing} lack an analysis`);
  return `verified: the dry run wrote nothing; ${number ?? seen.missing} messages are to be analysed`;
}

main(process.argv.slice(2)).then(
  (result) => console.log(result),
  (error: unknown) => {
    console.error(`the backfill is not as it should be: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  },
);
