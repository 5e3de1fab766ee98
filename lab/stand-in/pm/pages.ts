/** HTML pages of the stand-in. */

/** Returns the homepage. `problem` is the reason that the backend is unreachable. Undefined if it is reachable. */
export const page = (release: string, problem?: string) =>
  html("PM Intelligence Platform", [
    "This is a stand-in for the real application, which is private.",
    `Release: ${release}`,
    ...(problem === undefined ? [] : [problem]),
  ]);

/** Returns the page of "Display maintenance page". */
export const maintenancePage = (release: string) =>
  html("PM Intelligence Platform: maintenance", [
    "We are working on it, and will be back soon.",
    "This is a stand-in for the real application, which is private.",
    `Release: ${release}`,
  ]);

const html = (title: string, paragraphs: readonly string[]) =>
  `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>${escape(title)}</title>
  </head>
  <body>
    <h1>${escape(title)}</h1>
${paragraphs.map((text) => `    <p>${escape(text)}</p>`).join("\n")}
  </body>
</html>
`;

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string) => text.replace(/[&<>"]/g, (character) => entities[character]!);
