/**
 * Rows that are written together, at most once a second, and by nobody who waits: measuring must not make a request slow,
 * and must not fail it. While they cannot be written the latest are kept; what comes first is lost first.
 */
import { errorMessage, type Log } from "../../core/log";

const keptRows = 10_000;
const pauseMilliseconds = 1_000;

export class Batch<Row> {
  private rows: Row[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private complaint = "";

  /** `write` may throw: then the rows are written with the next ones. */
  constructor(
    private readonly name: string,
    private readonly write: (rows: Row[]) => Promise<void>,
    private readonly log: Log,
    private readonly pause: number = pauseMilliseconds,
  ) {}

  add(row: Row): void {
    this.rows.push(row);
    if (this.rows.length > keptRows) this.rows.shift();
    this.timer ??= setTimeout(() => void this.flush(), this.pause).unref();
  }

  /** Writes what there is now. Never throws. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.writeAll());
    return this.writing;
  }

  private async writeAll(): Promise<void> {
    const rows = this.rows;
    if (rows.length === 0) return;
    this.rows = [];
    try {
      await this.write(rows);
      this.complaint = "";
    } catch (error) {
      this.rows = [...rows, ...this.rows].slice(-keptRows);
      const message = errorMessage(error);
      if (message !== this.complaint) this.log("not recorded yet", { what: this.name, error: message });
      this.complaint = message;
    }
  }
}
