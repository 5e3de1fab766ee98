/** Log: one JSON object a line on standard output. It contains no secrets. */

export type Fields = Record<string, unknown>;

/** Writes one event. `fields` must contain no secret: pass a connection URL through `withoutPassword` first. */
export type Log = (event: string, fields?: Fields) => void;

/** Creates a log that adds `common` (system, role, release) to every line. The level of an event with an error is error. */
export function createLog(common: Fields, write: (line: string) => void = writeLine): Log {
  return (event, fields = {}) => {
    const level = fields.error === undefined ? "info" : "error";
    write(JSON.stringify({ time: new Date().toISOString(), level, event, ...common, standIn: true, ...fields }));
  };
}

/** Masks the password of a connection URL. Text that is not a URL is not shown at all. */
export function withoutPassword(url: string | undefined): string {
  if (!url) return "not set";
  try {
    const parsed = new URL(url);
    if (parsed.password) parsed.password = "***";
    for (const name of parsed.searchParams.keys()) {
      if (/pass|secret|token/i.test(name)) parsed.searchParams.set(name, "***");
    }
    return parsed.toString();
  } catch {
    return "set, but not a URL";
  }
}

/** Returns an error as one line, even if its message is empty, as in Node's AggregateError of failed connections. */
export function errorMessage(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(errorMessage).join("; ");
  if (error instanceof Error) return error.message || (error as NodeJS.ErrnoException).code || error.name;
  return String(error);
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
