/** Terminal with lines that stay, and below them a block of lines that is drawn anew. */
import { clearScreenDown, cursorTo, moveCursor } from "node:readline";
import type { WriteStream } from "node:tty";

/** The part of a terminal that is used here. */
export type Terminal = Pick<WriteStream, "write" | "columns" | "rows">;

export class Screen {
  /** Lines that are drawn below what stays. */
  private drawn: readonly string[] = [];

  /** @param redraws false for a terminal that takes no control characters, which then gets the lines that stay alone */
  constructor(
    private readonly terminal: Terminal,
    private readonly redraws: boolean,
  ) {}

  /** Adds lines that stay, and draws the block below them anew. Lines of the block are cut at the terminal's width. */
  show(staying: readonly string[], block: readonly string[]): void {
    if (!this.redraws) return this.write(staying);
    const { columns = 80, rows = 24 } = this.terminal;
    const fitting =
      block.length < rows ? block : [...block.slice(0, rows - 2), `  and ${block.length - rows + 2} more`];
    const next = fitting.map((line) => cut(line, columns));
    if (staying.length === 0 && next.join("\n") === this.drawn.join("\n")) return;
    this.erase();
    this.write([...staying, ...next]);
    this.drawn = next;
  }

  /** Removes the block. */
  erase(): void {
    if (this.drawn.length === 0) return;
    const stream = this.terminal as unknown as NodeJS.WritableStream;
    moveCursor(stream, 0, -this.drawn.length);
    cursorTo(stream, 0);
    clearScreenDown(stream);
    this.drawn = [];
  }

  private write(lines: readonly string[]): void {
    if (lines.length > 0) this.terminal.write(`${lines.join("\n")}\n`);
  }
}

/** A line of the full width would go on in the next one. */
const cut = (line: string, columns: number) => {
  const characters = [...line];
  return characters.length < columns ? line : `${characters.slice(0, Math.max(0, columns - 2)).join("")}…`;
};

/** True if a terminal takes the control characters that move its cursor. */
export const takesControl = (environment: Readonly<Record<string, string | undefined>>): boolean =>
  !environment.NO_COLOR && environment.TERM !== "dumb";
