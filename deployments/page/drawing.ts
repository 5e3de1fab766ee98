/** Drawings of the systems' steps with their states. */
import { escaped } from "../../drawing/html";
import { drawingOf } from "../../runbook/content/drawing";
import { svg } from "../../runbook/render/drawing";
import type { Step, System } from "../deployment";
import { stateWords } from "../words";
import { part, type Part } from "./part";

const drawn = new Map<string, Promise<string>>();

/** Node as Graphviz writes it, up to its link. */
const node =
  /<g id="([^"]*)" class="node(?: empty)?">\s*<title>([^<]*)<\/title>\s*(<g [^>]*><a href="[^"]*") aria-label="([^"]*)"/g;

/** Draws the steps of a system. Each leads to its entry in the list. */
export async function drawingPart(system: System): Promise<Part> {
  const { name, steps } = system;
  const id = `drawing-${name}`;
  const picture = (await layout(system)).replaceAll(
    node,
    (_, element: string, title: string, link: string, label: string) => {
      const state = stateOf(steps, title.replaceAll("&#45;", "-"));
      return `<g id="${element}" class="node is-${state}">${link} aria-label="${label}, ${stateWords[state]}"`;
    },
  );
  const title = `Drawing of the steps of ${escaped(name)}`;
  const folded = `<details id="open-${id}"><summary id="s-${id}">${title}</summary>\n<figure>${picture}</figure></details>`;
  return part(id, `<div id="${id}">${folded}</div>`);
}

/** Lays the steps out, once for the same steps. */
function layout({ name, steps }: System): Promise<string> {
  const isEmpty = (step: string) => stateOf(steps, step) === "empty";
  const key = JSON.stringify([name, steps.map((step) => [step.name, step.title, step.after, isEmpty(step.name)])]);
  const found = drawn.get(key);
  if (found) return found;
  const drawing = drawingOf(name, steps, isEmpty, (index) => `step-${name}-${steps[index]!.name}`);
  // Graphviz numbers the elements of each drawing from one on, and the page has several.
  const made = svg(drawing).then((picture) => picture.replaceAll(/ id="([^"]*)"/g, ` id="${name}-$1"`));
  drawn.set(key, made);
  return made;
}

const stateOf = (steps: readonly Step[], name: string) => steps.find((step) => step.name === name)?.state ?? "waiting";
