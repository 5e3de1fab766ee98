/** Rows as comma separated values: RFC 4180, with a line of names first. */

/** What a cell holds: null is an empty one, a time is in ISO 8601. */
export type Cell = string | Date | null;

export function toCsv<Name extends string>(names: readonly Name[], rows: readonly Record<Name, Cell>[]): string {
  const lines = [names, ...rows.map((row) => names.map((name) => asText(row[name])))];
  return lines.map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
}

/**
 * A text that a spreadsheet would take for a formula gets an apostrophe in front: what customers wrote must not be run on
 * the computer of who opens the file.
 */
function asText(cell: Cell): string {
  if (cell === null) return "";
  if (cell instanceof Date) return cell.toISOString();
  return /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell;
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
