/**
 * Rows that are written in batches, at most once a second and in the background: measuring must neither delay nor fail
 * a request. While they cannot be written, the latest rows are kept and the oldest are dropped.
 */
import { errorMessage, type Log } from "../../core/log";

const keptRows = 10_000;
const pauseMilliseconds = 1_000;

export class Batch<Row> {
  private rows: Row[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private complaint = "";

  /** Creates a batch. `write` may throw. The rows are then written with the next ones. */
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

  /** Writes the current rows. Never throws. */
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
