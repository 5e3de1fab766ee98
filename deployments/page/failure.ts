/** Failures and their ways out, in HTML. */
import { escaped } from "../../drawing/html";
import type { Failure, WayOut } from "../deployment";

export const code = (text: string): string => `<code>${escaped(text)}</code>`;

export const failureOf = ({ resource, message }: Failure): string =>
  `<p><strong>Error</strong>${resource === undefined ? "" : ` of ${code(resource)}`}:</p>\n${lines(message)}`;

export function wayOutOf({ facts, commands }: WayOut): string {
  const items = facts.map((fact) => `<li>${inline(fact)}</li>`).join("\n");
  const why = `\n<p>Why it failed is in the error, and here:</p>\n${lines(commands.join("\n"))}`;
  return `<p><strong>What to do</strong>:</p>\n<ul>\n${items}\n</ul>${commands.length > 0 ? why : ""}`;
}

const lines = (text: string) => `<pre><code>${escaped(text)}</code></pre>`;

/** Markdown with nothing but `code`. */
const inline = (text: string) => escaped(text).replaceAll(/`([^`]*)`/g, "<code>$1</code>");
