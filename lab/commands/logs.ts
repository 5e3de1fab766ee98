import { parseArgs } from "node:util";
import { status } from "../cluster";
import { run } from "../command";
import { readLogs, textOf, type LogQuery } from "../log-stores";
import { environment } from "../pulumi";
import { lab } from "../target";

const help = `Shows the logs of a system, from the store of logs in the lab.

  npm run lab:logs -- SYSTEM [--kind KIND] [--since TIME] [--limit NUMBER]

  SYSTEM            such as pm, prism or ai-backend
  --kind KIND       output (what a program prints), or a log file's: application, audit, security. Default: all
  --since TIME      age of the oldest line, such as 90s, 15m, 2h or 1d. Default: 15m
  --limit NUMBER    greatest number of lines, the newest ones. Default: 200

Each line has its time, the workload, the kind of the log, and the message. A log arrives after one or two seconds.`;

/**
 * Prints the logs of a system.
 * @throws Error if the command line is wrong, the lab does not run, or its stack has no store of logs
 */
export async function showLogs(args: string[]): Promise<void> {
  const query = queryOf(args);
  if (!query) return console.log(help);
  const { running } = await status();
  if (!running) throw new Error("the lab does not run; start it: npm run up");
  const { lines, more } = await readLogs(await stores(), query);
  const { system, since, limit } = query;
  if (more) console.log(`... older lines are left out: --limit ${limit}`);
  console.log(lines.length === 0 ? `${system} has logged nothing in the last ${since}` : textOf(lines));
}

/**
 * Reads the command line. Undefined if help is requested.
 * @throws Error with what is wrong, and what is possible
 */
export function queryOf(args: readonly string[]): LogQuery | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const [system, ...others] = positionals;
  if (system === undefined || others.length > 0)
    throw new Error(`expected one system, such as: npm run lab:logs -- pm${moreHelp}`);
  const { kind, since, limit } = values;
  if (!/^[1-9]\d*[smhd]$/.test(since)) throw new Error(`--since ${since}: expected a time such as 15m${moreHelp}`);
  if (!/^[1-9]\d{0,5}$/.test(limit))
    throw new Error(`--limit ${limit}: expected a number of lines from 1 to 999999${moreHelp}`);
  return { system, kind, since, limit: Number(limit) };
}

const moreHelp = "; more: npm run lab:logs -- --help";

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        kind: { type: "string" },
        since: { type: "string", default: "15m" },
        limit: { type: "string", default: "200" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}${moreHelp}`, { cause: error });
  }
}

const storesSelector = "app.kubernetes.io/name in (victorialogs, victorialogs-audit)";

/** URLs of the stores, whose Services this machine reaches by their addresses. */
async function stores(): Promise<string[]> {
  const env = await environment(lab);
  const args = ["get", "services", "--all-namespaces", "--selector", storesSelector, "--output", "json"];
  return storesIn(await run("kubectl", args, { env }));
}

/**
 * Returns the URLs of the stores among Services, as kubectl prints them in JSON.
 * @throws Error if there are none, with how to have them
 */
export function storesIn(json: string): string[] {
  const { items } = JSON.parse(json) as { items: { spec: { clusterIP: string; ports: { port: number }[] } }[] };
  const urls = items.map(({ spec: { clusterIP, ports } }) => `http://${clusterIP}:${ports[0]!.port}`);
  if (urls.length > 0) return urls;
  throw new Error(
    `the stack ${lab.stack} has no store of logs; to have one: npm run lab:shell -- pulumi config set --path ` +
      "runsheet:monitoring.engine prometheus-operator, then npm run up",
  );
}
