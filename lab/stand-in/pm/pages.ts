/** What browsers see of the stand-in. */

/** The homepage. `problem` is why the backend cannot be asked, if it cannot. */
export const page = (release: string, problem?: string) =>
  html("PM Intelligence Platform", [
    "This is a stand-in for the real application, which is private.",
    `Release: ${release}`,
    ...(problem === undefined ? [] : [problem]),
  ]);

/** "Display maintenance page". */
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
