/** The log: one JSON object a line on standard output, and never a secret in it. */

export type Fields = Record<string, unknown>;

/** Writes one event. `fields` must hold no secret: a connection URL goes through `withoutPassword` first. */
export type Log = (event: string, fields?: Fields) => void;

/** A log whose every line carries `common` (system, role, release). */
export function createLog(common: Fields, write: (line: string) => void = writeLine): Log {
  return (event, fields = {}) => {
    write(JSON.stringify({ time: new Date().toISOString(), event, ...common, standIn: true, ...fields }));
  };
}

/** A connection URL with its password replaced, fit for a log. What cannot be read as a URL is not shown at all. */
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

/** What went wrong, in one line. Also for errors with an empty message, as Node's AggregateError of failed connections has. */
export function errorMessage(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(errorMessage).join("; ");
  if (error instanceof Error) return error.message || (error as NodeJS.ErrnoException).code || error.name;
  return String(error);
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
