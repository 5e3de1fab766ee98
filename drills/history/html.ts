/** Elements of the history's page. */
import { escaped } from "../../drawing/html";

/** Returns a time in UTC. */
export const timeOf = (iso: string): string =>
  `<time datetime="${escaped(iso)}">${escaped(iso.slice(0, 16).replace("T", " "))} UTC</time>`;

/** Returns a list. `items` are HTML. */
export const listOf = (items: readonly string[]): string =>
  `<ul>\n${items.map((item) => `<li>${item}</li>`).join("\n")}\n</ul>`;
