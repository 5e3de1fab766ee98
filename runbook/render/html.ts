/** Document as one page of HTML, without scripts and without anything that is fetched. */
import { anchorOf } from "../../components/monitoring/alert-rules";
import { escaped } from "../../drawing/html";
import type { Block } from "../content/block";
import type { Document } from "../content/document";
import { svg } from "./drawing";
import { style } from "./style";

/** @param resolve name of a file that a link is to, relative to docs/runbooks: the page does not link to it, but names it */
export async function html({ title, blocks }: Document, resolve: (address: string) => string): Promise<string> {
  const context = { resolve };
  const first = blocks.findIndex((block) => block.kind === "heading" && block.level === 2);
  const [top, rest] = [blocks.slice(0, first), blocks.slice(first)];
  const sections = rest.flatMap((block) => (block.kind === "heading" && block.level === 2 ? [block.text] : []));
  const links = sections.map((text) => `<li><a href="#${anchorOf(text)}">${escaped(text)}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>
${style}
</style>
</head>
<body>
<a class="skip" href="#${anchorOf(sections[0] ?? title)}">Skip to the steps</a>
<header>
${await parts(top, context)}
</header>
<nav aria-label="Parts">
<ul>
${links.join("\n")}
</ul>
</nav>
<main>
${await parts(rest, context)}
</main>
</body>
</html>
`;
}

interface Context {
  readonly resolve: (address: string) => string;
}

async function parts(blocks: readonly Block[], context: Context): Promise<string> {
  const all = [];
  for (const block of blocks) all.push(await part(block, context));
  return all.join("\n");
}

async function part(block: Block, context: Context): Promise<string> {
  const inline = (text: string) => inlineOf(text, context);
  switch (block.kind) {
    case "heading":
      return `<h${block.level} id="${anchorOf(block.text)}">${inline(block.text)}</h${block.level}>`;
    case "text":
      return `<p>${inline(block.text)}</p>`;
    case "list":
      return `<ul>\n${block.items.map((item) => `<li>${inline(item)}</li>`).join("\n")}\n</ul>`;
    case "table":
      return table(block, inline);
    case "code":
      return `<pre><code>${escaped(block.text)}</code></pre>`;
    case "folded":
      return `<details>\n<summary>${escaped(block.summary)}</summary>\n${await parts(block.blocks, context)}\n</details>`;
    case "drawing":
      return `<figure>\n${await svg(block.drawing)}\n<figcaption>${escaped(captionOf(block))}</figcaption>\n</figure>`;
  }
}

const captionOf = ({ drawing: { description, steps } }: Extract<Block, { kind: "drawing" }>) =>
  description + (steps.some(({ isEmpty }) => isEmpty) ? " Those with a dashed line have nothing to do." : "");

function table({ head, rows }: Extract<Block, { kind: "table" }>, inline: (text: string) => string): string {
  const lines = rows.map((row) => `<tr>${row.map((cell) => `<td>${inline(cell)}</td>`).join("")}</tr>`);
  const title = head.join(", ");
  return `<div class="scroll" tabindex="0" role="region" aria-label="Table: ${escaped(title)}">
<table>
<thead><tr>${head.map((cell) => `<th scope="col">${inline(cell)}</th>`).join("")}</tr></thead>
<tbody>
${lines.join("\n")}
</tbody>
</table>
</div>`;
}

/** Parts of a text that are more than words: `code`, **bold**, [links](#anchor). */
const marks = /`([^`]*)`|\*\*(.+?)\*\*|\[((?:`[^`]*`|[^\]])*)\]\(([^)]+)\)/g;

function inlineOf(text: string, context: Context): string {
  const found: string[] = [];
  let from = 0;
  for (const match of text.matchAll(marks)) {
    const [all, code, bold, label, address] = match;
    found.push(escaped(text.slice(from, match.index)));
    if (code !== undefined) found.push(`<code>${escaped(code)}</code>`);
    else if (bold !== undefined) found.push(`<strong>${inlineOf(bold, context)}</strong>`);
    else found.push(link(inlineOf(label!, context), address!, context));
    from = match.index + all.length;
  }
  return found.join("") + escaped(text.slice(from));
}

/** A link within the page. Another file is named: the page is one file, which may be anywhere. */
function link(label: string, address: string, { resolve }: Context): string {
  if (address.startsWith("#")) return `<a href="${escaped(address)}">${label}</a>`;
  return `${label} (<code>${escaped(resolve(address.split("#")[0]!))}</code>)`;
}
