/** Selectors of an expression in PromQL, found by its text. */

const words = new Set(["and", "or", "unless", "by", "on", "without", "offset", "bool"]);

/**
 * Returns what selects series without the namespace: selectors that lack the matcher, and metrics without any. A name
 * before a parenthesis is a function.
 */
export function outsideOf(namespace: string, expr: string): string[] {
  const selectors = expr.match(/[\w:]+\{[^}]*\}/g) ?? [];
  const lacking = selectors.filter((selector) => !selector.includes(`{namespace="${namespace}"`));
  const rest = expr
    .replace(/[\w:]+\{[^}]*\}(\[\w+\])?/g, "")
    .replace(/\b(by|on|without) \([^)]*\)/g, "")
    .replace(/offset \w+/g, "")
    .replace(/"[^"]*"/g, "");
  const bare = (rest.match(/[a-zA-Z_:][\w:]*(?! *\()\b/g) ?? []).filter((word) => !words.has(word));
  return [...lacking, ...bare];
}
