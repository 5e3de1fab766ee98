/** Document as Markdown, as GitHub shows it. */
import { fenced } from "../../drawing/markdown";
import type { Block } from "../content/block";
import type { Drawing } from "../content/drawing";
import { wrap } from "./wrap";

/** @param resolve address of a file that a link is to, relative to docs/runbooks. Default: as it is */
export function markdown(
  blocks: readonly Block[],
  resolve: (address: string) => string = (address) => address,
): string {
  const linked = (text: string) => text.replaceAll(/\]\(([^)#]+)/g, (_, address: string) => `](${resolve(address)}`);
  return `${blocks.map((block) => blockOf(block, linked)).join("\n\n")}\n`;
}

type Linked = (text: string) => string;

function blockOf(block: Block, linked: Linked): string {
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(block.level)} ${block.text}`;
    case "text":
      return wrap(linked(block.text));
    case "list":
      return block.items.map((item) => wrap(linked(item), "  ", "- ")).join("\n");
    case "table":
      return table([block.head, ...block.rows].map((row) => row.map(linked)));
    case "code":
      return fenced(block.language, block.text);
    case "folded": {
      const inner = block.blocks.map((each) => blockOf(each, linked));
      return [
        "<details>",
        `<summary>${escaped(block.summary)}</summary>`,
        "",
        inner.join("\n\n"),
        "",
        "</details>",
      ].join("\n");
    }
    case "drawing":
      return fenced("mermaid", mermaid(block.drawing));
  }
}

/** A table with columns of one width, as prettier has them. The first row is its head. */
function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = cells[0]!.map((_, column) => Math.max(3, ...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const [head, ...others] = cells;
  return [line(head!), line(widths.map((width) => "-".repeat(width))), ...others.map(line)].join("\n");
}

/** Flow chart in mermaid's language. */
function mermaid({ description, steps }: Drawing): string {
  const id = (name: string) => name.replaceAll("-", "_");
  const empty = steps.filter(({ isEmpty }) => isEmpty).map(({ name }) => id(name));
  return [
    "flowchart TD",
    `  accDescr: ${description}`,
    ...steps.map(({ name }) => `  ${id(name)}["${name}"]`),
    ...steps.flatMap(({ name, after }) => after.map((before) => `  ${id(before)} --> ${id(name)}`)),
    ...(empty.length > 0 ? ["  classDef empty stroke-dasharray: 4", `  class ${empty.join(",")} empty`] : []),
  ].join("\n");
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
