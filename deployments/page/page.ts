/** Page of a deployment: the steps of each system with their states, as it runs and when it is over. */
import { escaped } from "../../drawing/html";
import { commit, starter } from "../../drills/report-markdown";
import type { Run } from "../../drills/timeline";
import type { Deployment, System } from "../deployment";
import { drawingPart } from "./drawing";
import type { Part } from "./part";
import { otherFailures, summary, systemHead, warningsOf } from "./parts";
import { logParts, stepPart, type Logs } from "./step";

export interface PageSource {
  readonly stack: string;
  readonly deployment: Deployment;
  /** Default: none, or not known. */
  readonly run?: Run;
  /** Logs of the running tasks. They are shown to who watches, and are in no report. Default: none. */
  readonly logs?: Logs;
  /** True if the systems' runbooks are beside the page. Default: false. */
  readonly hasRunbooks?: boolean;
}

export interface Page {
  readonly title: string;
  /** Frame of the page, which stays while the same steps are shown, with the parts in it. */
  readonly body: string;
  readonly parts: readonly Part[];
}

/** Composes the page. */
export async function pageOf({
  stack,
  deployment,
  run,
  logs = new Map(),
  hasRunbooks = false,
}: PageSource): Promise<Page> {
  const { systems, others, tasks } = deployment;
  const drawings = await Promise.all(systems.map(drawingPart));
  const heads = systems.map((system) => systemHead(system, hasRunbooks));
  const steps = systems.map(({ name, steps: all }) => all.map((step) => stepPart(name, step, tasks, logs)));
  const beside = others.map((step) => stepPart("beside", step, [], logs));
  const [top, failures, warnings] = [summary(deployment), otherFailures(deployment), warningsOf(deployment)];
  const list = (entries: readonly Part[]) => `<ol class="steps">\n${entries.map(({ html }) => html).join("\n")}\n</ol>`;
  const sections = systems.map(({ name }, index) =>
    [
      `<section aria-labelledby="${name}">`,
      heads[index]!.html,
      drawings[index]!.html,
      list(steps[index]!),
      "</section>",
    ].join("\n"),
  );
  const besides =
    beside.length > 0
      ? [`<section aria-labelledby="beside">`, `<h2 id="beside">Beside the steps</h2>`, list(beside), "</section>"]
      : [];
  const title = `Deployment of ${stack}`;
  return {
    title,
    body: [
      `<header>\n<h1>${escaped(title)}</h1>`,
      ...(run ? [`<p>Started by ${escaped(starter(run))}, commit ${escaped(commit(run))}.</p>`] : []),
      top.html,
      "</header>",
      navigation(systems),
      `<main id="content" tabindex="-1">`,
      ...[failures.html, ...sections, ...besides, warnings.html],
      "</main>",
    ].join("\n"),
    parts: [top, failures, ...heads, ...drawings, ...steps.flat(), ...beside, warnings, ...logParts(tasks, logs)],
  };
}

function navigation(systems: readonly System[]): string {
  if (systems.length === 0) return "";
  const links = systems.map(({ name }) => `<li><a href="#${name}">${escaped(name)}</a></li>`);
  return `<nav aria-label="Systems">\n<ul>\n${links.join("\n")}\n</ul>\n</nav>`;
}
