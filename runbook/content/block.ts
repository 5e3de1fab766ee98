/** Parts of a document, of which Markdown and HTML are made. */
import type { Drawing } from "./drawing";

/**
 * Part of a document. Texts are Markdown with nothing but `code`, **bold** and [links](#anchor); a link to another file is
 * relative to docs/runbooks.
 */
export type Block =
  | { readonly kind: "heading"; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "code"; readonly language: Language; readonly text: string }
  | { readonly kind: "folded"; readonly summary: string; readonly blocks: readonly Block[] }
  | { readonly kind: "drawing"; readonly drawing: Drawing };

export type Language = "sh" | "sql" | "text";

export const heading = (level: 1 | 2 | 3, text: string): Block => ({ kind: "heading", level, text });
export const text = (of: string): Block => ({ kind: "text", text: of });
export const list = (items: readonly string[]): Block => ({ kind: "list", items });
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): Block => ({
  ...{ kind: "table", head, rows },
});
export const code = (language: Language, of: string): Block => ({ kind: "code", language, text: of });
/** Part that a reader opens. Its summary is text without Markdown. */
export const folded = (summary: string, blocks: readonly Block[]): Block => ({ kind: "folded", summary, blocks });

/** Value within a text, as it is. */
export const verbatim = (value: string): string => `\`${value.replaceAll("`", "'")}\``;

/** Words with commas. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
