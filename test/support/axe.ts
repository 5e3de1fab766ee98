/** Rules of accessibility, checked by axe in a page. */
import type { Page } from "playwright-core";
import { readFileSync } from "node:fs";

const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

/** Rules of axe that a page breaks, each with the elements. */
export async function violations(tab: Page): Promise<string[]> {
  await tab.evaluate(axe);
  const found = await tab.evaluate<{ readonly violations: readonly Violation[] }>("axe.run()");
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}
