/** Questions to the stores of the lab's logs: VictoriaLogs, whose language is LogsQL. */

/** Lines that are asked for. */
export interface LogQuery {
  /** Name of the system: pm. */
  readonly system: string;
  /** Kind of the log: output, audit. Default: all. */
  readonly kind?: string;
  /** Age of the oldest line: 15m. */
  readonly since: string;
  /** Greatest number of lines: the newest ones. */
  readonly limit: number;
}

/** Line of a log. */
export interface LoggedLine {
  /** Time as ISO 8601 has it. */
  readonly time: string;
  readonly workload: string;
  readonly kind: string;
  readonly message: string;
}

/** Lines of a system, oldest first. */
export interface LoggedLines {
  readonly lines: readonly LoggedLine[];
  /** True if there are older ones, which `limit` leaves out. */
  readonly more: boolean;
}

/**
 * Reads the lines of a system from the stores, given by their URLs.
 * @throws Error if a store does not answer, or has no logs of the system, or none of the kind, with those that there are
 */
export async function readLogs(stores: readonly string[], query: LogQuery): Promise<LoggedLines> {
  const { system, kind, limit } = query;
  demandKnown("system", system, await valuesOf(stores, "system", "*"));
  if (kind !== undefined)
    demandKnown("kind", kind, await valuesOf(stores, "kind", streamOf({ system })), ` of ${system}`);
  const found = (await Promise.all(stores.map((store) => linesOf(store, query)))).flat();
  const sorted = found.sort((one, other) => (one.time < other.time ? -1 : Number(one.time > other.time)));
  return { lines: sorted.slice(-limit), more: sorted.length > limit };
}

/** Text of lines, in columns. */
export function textOf(lines: readonly LoggedLine[]): string {
  const width = (of: "workload" | "kind") => Math.max(0, ...lines.map((line) => line[of].length));
  const [workloads, kinds] = [width("workload"), width("kind")];
  return lines
    .map(({ time, workload, kind, message }) =>
      [time, workload.padEnd(workloads), kind.padEnd(kinds), message].join("  "),
    )
    .join("\n");
}

function demandKnown(what: string, value: string, known: readonly string[], of = ""): void {
  if (known.includes(value)) return;
  const there = known.length > 0 ? `there are: ${known.join(", ")}` : "there are no logs at all yet";
  throw new Error(`there are no logs of the ${what} "${value}"${of}; ${there}`);
}

/** Values that a field has in the stores. */
async function valuesOf(stores: readonly string[], field: string, query: string): Promise<string[]> {
  const answers = stores.map(async (store) => {
    const text = await ask(store, "stream_field_values", { query, field });
    return (JSON.parse(text) as { values: { value: string }[] }).values.map(({ value }) => value);
  });
  return [...new Set((await Promise.all(answers)).flat())].sort();
}

interface Row {
  readonly _time: string;
  readonly _msg?: string;
  readonly workload?: string;
  readonly kind?: string;
}

/** One line more than the limit, if there is one. */
async function linesOf(store: string, { system, kind, since, limit }: LogQuery): Promise<LoggedLine[]> {
  const newest = `sort by (_time desc) limit ${limit + 1}`;
  const query = `_time:${since} ${streamOf({ system, kind })} | ${newest} | fields _time, workload, kind, _msg`;
  const text = await ask(store, "query", { query });
  const rows = text.split("\n").filter((line) => line !== "");
  // Oldest first, so that lines of one millisecond keep their order.
  return rows.reverse().map((row) => {
    const { _time: time, _msg: message = "", workload = "", kind = "" } = JSON.parse(row) as Row;
    return { time: new Date(time).toISOString(), workload, kind, message };
  });
}

const streamOf = (values: Readonly<Record<string, string | undefined>>) => {
  const matchers = Object.entries(values).filter(([, value]) => value !== undefined);
  return `{${matchers.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",")}}`;
};

async function ask(store: string, what: string, parameters: Record<string, string>): Promise<string> {
  const url = `${store}/select/logsql/${what}?${new URLSearchParams(parameters).toString()}`;
  const response = await fetch(url).catch((error: Error) => {
    const cause = (error.cause as Error | undefined)?.message ?? error.message;
    throw new Error(`the store of logs at ${store} does not answer: ${cause}`);
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`the store of logs at ${store} answered ${response.status}: ${text.trim()}`);
  return text;
}
