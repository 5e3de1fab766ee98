/** Drawing of the steps as SVG, laid out by Graphviz, which is compiled to WebAssembly and needs no program. */
import { instance } from "@viz-js/viz";
import { escaped } from "../../drawing/html";
import type { Drawing } from "../content/drawing";

/**
 * Draws the steps, from the first at the top to the last, each with a link to its section. Colours are the style sheet's.
 */
export async function svg({ steps, description }: Drawing): Promise<string> {
  const graphviz = await instance();
  const drawn = graphviz.renderString(
    {
      directed: true,
      graphAttributes: { bgcolor: "transparent", ranksep: 0.25, nodesep: 0.2, margin: 0 },
      nodeAttributes: {
        shape: "box",
        style: "rounded",
        fontname: "Helvetica",
        fontsize: 12,
        height: 0.36,
        margin: "0.14,0.04",
      },
      edgeAttributes: { arrowsize: 0.6 },
      nodes: steps.map(({ name, title, anchor, isEmpty }) => ({
        name,
        attributes: {
          URL: `#${anchor}`,
          tooltip: `${name}: ${title}`,
          class: isEmpty ? "empty" : "",
          ...(isEmpty && dashed),
        },
      })),
      edges: steps.flatMap(({ name, after }) => after.map((before) => ({ tail: before, head: name }))),
    },
    { format: "svg" },
  );
  return ofPage(drawn, description);
}

/** Returns the element as a page has it: named for screen readers, which the lines between the steps would only detain. */
const ofPage = (file: string, description: string) =>
  file
    .slice(file.indexOf("<svg"))
    .trim()
    // The name of the graph, "%3".
    .replace(/<title>%3<\/title>\n?/, "")
    .replace("<svg ", `<svg role="group" aria-label="${escaped(description)}" `)
    .replaceAll("xlink:href=", "href=")
    .replaceAll("xlink:title=", "aria-label=")
    .replaceAll('class="edge"', 'class="edge" aria-hidden="true"');

const dashed = { style: "rounded,dashed" };
