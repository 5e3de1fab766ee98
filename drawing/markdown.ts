/** Markdown as GitHub and GitLab show it. */

/** Returns a table. Its cells are Markdown in one line. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Returns lines as code, within a fence that is longer than any in them. */
export function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}${language}`, text, fence].join("\n");
}

/** Text without any meaning in HTML, where there is no Markdown. */
export const html = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Text without any meaning in Markdown or HTML, so that no name of a resource becomes a link or mentions a person. */
export const escaped = (text: string): string =>
  html(text)
    .replaceAll(/[\\`*_{}[\]()#|~!]/g, "\\$&")
    .replaceAll("@", "@<!-- -->");

/** Text in a line, as code. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return longest > 0 ? `${ticks} ${text} ${ticks}` : `${ticks}${text}${ticks}`;
}

/** Part that is closed until somebody opens it. Its summary is plain text. */
export const folded = (summary: string, body: string): string =>
  `<details>\n<summary>${html(summary)}</summary>\n\n${body}\n\n</details>`;

/** Comment that no reader sees, by which a text is found again. */
export const hidden = (kind: string, name: string): string => `<!-- ${kind}: ${name.replaceAll("--", "- -")} -->`;
