/** Lines of a text in Markdown. */

const width = 120;

/** Breaks a text into lines, and not within `code`. */
export function wrap(text: string, indent = "", first = indent): string {
  const lines: string[] = [];
  let line = first;
  let begun = false;
  for (const word of text.match(/(?:`[^`]*`|[^\s`])+/g) ?? []) {
    if (begun && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line += `${begun ? " " : ""}${word}`;
    begun = true;
  }
  return [...lines, line].join("\n");
}
