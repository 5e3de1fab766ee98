/** Comma-separated values: RFC 4180, with the names in the first line. */

/** Value of a cell. Null is an empty cell. A time is written in ISO 8601. */
export type Cell = string | Date | null;

export function toCsv<Name extends string>(names: readonly Name[], rows: readonly Record<Name, Cell>[]): string {
  const lines = [names, ...rows.map((row) => names.map((name) => asText(row[name])))];
  return lines.map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
}

/**
 * Returns the text of a cell. An apostrophe precedes text that a spreadsheet would take for a formula, so that
 * customers' text is not executed on the computer of a person who opens the file.
 */
function asText(cell: Cell): string {
  if (cell === null) return "";
  if (cell instanceof Date) return cell.toISOString();
  return /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell;
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
