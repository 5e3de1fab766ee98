/** Latest values as a table. */
import type { TablePanel } from "../../components/monitoring/dashboard";
import { levelOf } from "../../components/monitoring/dashboard-limits";
import { written } from "../../components/monitoring/dashboard-units";
import type { Answer } from "./answers";
import { levelColours } from "./chart";
import { escaped } from "../../drawing/html";

const lineHeight = 22;

/** Draws a line for each combination of labels. A line without a value of a column has an empty cell. */
export function table(
  { labels, columns, unit, sortedBy }: TablePanel,
  answers: readonly Answer[],
  height: number,
): string {
  const lines = new Map<string, { readonly labels: readonly string[]; readonly values: (number | undefined)[] }>();
  answers.forEach(({ series }, column) => {
    for (const each of series) {
      const own = Object.keys(labels).map((label) => each.labels[label] ?? "");
      const key = own.join("\n");
      const line = lines.get(key) ?? { labels: own, values: [] };
      line.values[column] = each.values.at(-1)![1];
      lines.set(key, line);
    }
  });
  const sorting = Math.max(
    0,
    columns.findIndex(({ legend }) => legend === sortedBy),
  );
  const value = (line: { values: (number | undefined)[] }) => line.values[sorting] ?? -Infinity;
  const sorted = [...lines.values()].sort((a, b) => value(b) - value(a));
  const room = Math.floor(height / lineHeight) - 1;
  const shown = sorted.length > room ? sorted.slice(0, room - 1) : sorted;
  const head = [
    ...Object.values(labels).map((title) => `<th>${escaped(title)}</th>`),
    ...columns.map(({ legend }) => `<th class="value">${escaped(legend)}</th>`),
  ];
  const rows = shown.map((line) => {
    const cells = columns.map((column, index) => {
      const number = line.values[index];
      if (number === undefined) return `<td class="value"></td>`;
      const { thresholds } = column;
      const style = thresholds ? ` style="color:${levelColours[levelOf(number, thresholds)]}"` : "";
      return `<td class="value"${style}>${escaped(column.states?.[number] ?? written(number, column.unit ?? unit))}</td>`;
    });
    return `<tr>${line.labels.map((label) => `<td>${escaped(label)}</td>`).join("")}${cells.join("")}</tr>`;
  });
  const more = sorted.length > shown.length ? `<caption>… and ${sorted.length - shown.length} more</caption>` : "";
  return `<table>${more}<tr>${head.join("")}</tr>${rows.join("")}</table>`;
}
