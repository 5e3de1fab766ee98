/** Files of a deployment's page. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { escaped } from "../../drawing/html";
import type { Page } from "./page";
import { style } from "./style";

/** The page as one file, which nothing is fetched for: the report of a deployment that is over. */
export const reportPage = (page: Page): string => document(page, `<style>\n${style}\n</style>`, "");

/** The page whose parts a script renews. */
export const livePage = (page: Page): string =>
  document(
    page,
    `<link rel="stylesheet" href="/watch.css">\n<script src="/watch.js" defer></script>`,
    // Outside of what is replaced: a screen reader announces what comes into an element that stays.
    `<p id="news" class="news" role="status"></p>\n`,
  );

/** Element that has all parts. */
export const whole = ({ body }: Page): string => `<div id="page">\n${body}\n</div>`;

/** Script of the live page. */
export const script = (): string => readFileSync(join(__dirname, "in-browser.js"), "utf8");

const document = (page: Page, head: string, news: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escaped(page.title)}</title>
${head}
</head>
<body>
<a class="skip" href="#content">Skip to the steps</a>
${news}${whole(page)}
</body>
</html>
`;
