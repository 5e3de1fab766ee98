/** CSV as RFC 4180 has it, which a spreadsheet takes for data alone. */

type Value = string | number | boolean | null;

/** Formats records of the same keys, with a header. Null is an empty field. */
export function csv<Key extends string>(
  keys: readonly Key[],
  records: readonly Readonly<Record<Key, Value>>[],
): string {
  const lines = [keys.map(field), ...records.map((record) => keys.map((key) => field(record[key])))];
  return lines.map((fields) => `${fields.join(",")}\r\n`).join("");
}

function field(value: Value): string {
  if (value === null) return "";
  const text = typeof value === "string" ? plain(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Returns a text that no spreadsheet takes for a formula: an apostrophe comes before what begins one. */
const plain = (text: string) => (/^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text);
