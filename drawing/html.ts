/** Text in HTML. */

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Returns a text that HTML shows as it is. */
export const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character]!);
