/** History of the drills as one page of HTML, which needs no network and no script. */
import { dirname } from "node:path";
import { escaped } from "../../drawing/html";
import type { Due } from "./due";
import type { Evidence } from "./evidence";
import { timeOf } from "./html";
import { attentionSection } from "./page-attention";
import { drillsSection } from "./page-drills";
import { figuresSection } from "./page-figures";
import type { Records } from "./records";
import { style } from "./style";

/** Contents of the page. */
export interface History {
  readonly records: Records;
  readonly evidence: readonly Evidence[];
  readonly due: readonly Due[];
  readonly now: Date;
}

/**
 * Returns the page.
 * @param file its own, from which links lead to the reports
 */
export function page(history: History, file: string): string {
  const { records, now } = history;
  const { finished, unfinished } = records;
  const stacks = [...new Set([...finished.map(({ report }) => report), ...unfinished].map(({ stack }) => stack))];
  const summary =
    `${finished.length} finished, ${unfinished.length} not finished` +
    (stacks.length > 0 ? `, of the stack${stacks.length > 1 ? "s" : ""} ${stacks.sort().join(", ")}` : "");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Drills</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Drills</h1>
<p class="quiet">${escaped(summary)}. Written at ${timeOf(now.toISOString())}.</p>
${attentionSection(history)}
${figuresSection(finished)}
${drillsSection(history.evidence, dirname(file))}
</main>
</body>
</html>
`;
}
