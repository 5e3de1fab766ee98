/** Parts of a deployment's page beside its steps. */
import { escaped } from "../../drawing/html";
import { moment } from "../../runbook/content/durations";
import type { Deployment, StepState, System } from "../deployment";
import { countsOf, doneOf, releaseOf, runWords, standOf, warningOf } from "../words";
import { code, failureOf } from "./failure";
import { part, type Part } from "./part";
import { clock } from "./step";

/** Says how the whole run stands. */
export function summary(deployment: Deployment): Part {
  const { state, began, ended, systems, counts } = deployment;
  const warning = warningOf(deployment);
  const steps = systems.flatMap((system) => system.steps);
  const facts = [
    ...(steps.length > 0 ? [doneOf(steps)] : []),
    ...(began === undefined ? [] : [`began ${moment(began)}`, clock(began, ended)]),
    ...(countsOf(counts) ? [`resources: ${countsOf(counts)}`] : []),
  ];
  const lines = [
    `<p class="run ${state}">${escaped(runWords[state])}</p>`,
    ...(warning ? [`<p>${escaped(warning)}.</p>`] : []),
    `<p>${facts.join("; ")}</p>`,
    ...links("Failed", systems, ["failed", "broken"]),
    ...links("Now", systems, ["running"]),
  ];
  return part("summary", `<div id="summary">${lines.join("\n")}</div>`);
}

/** Links to the steps with one of these states. */
function links(label: string, systems: readonly System[], states: readonly StepState[]): string[] {
  const found = systems.flatMap(({ name, steps }) =>
    steps
      .filter(({ state }) => states.includes(state))
      .map((step) => `<a href="#step-${name}-${step.name}">${escaped(`${name}: ${step.title}`)}</a>`),
  );
  return found.length > 0 ? [`<p>${label}: ${found.join(", ")}</p>`] : [];
}

/** Failures that belong to no step. */
export function otherFailures({ failures }: Deployment): Part {
  const content = failures.length > 0 ? `<h2>Errors</h2>\n${failures.map(failureOf).join("\n")}` : "";
  return part("failures", `<div id="failures">${content}</div>`);
}

export function warningsOf({ warnings }: Deployment): Part {
  const items = warnings.map(
    ({ resource, message }) => `<li>${resource ? `${code(resource)}: ` : ""}${escaped(message)}</li>`,
  );
  const title = `<summary id="s-warnings">Warnings (${items.length})</summary>`;
  const content = items.length > 0 ? `<details id="open-warnings">${title}<ul>${items.join("\n")}</ul></details>` : "";
  return part("warnings", `<div id="warnings">${content}</div>`);
}

/** Path of a system's runbook beside the live page. */
const runbookPath = (system: string): string => `/runbook/${encodeURIComponent(system)}`;

/**
 * Title of a system, its release, and where it stands.
 * @param hasRunbook true if the runbook is beside the page
 */
export function systemHead(system: System, hasRunbook: boolean): Part {
  const id = `head-${system.name}`;
  const release = releaseOf(system);
  const facts = [...(release === undefined ? [] : [`release ${escaped(release)}`]), standOf(system)];
  if (hasRunbook) facts.push(`<a href="${runbookPath(system.name)}">the runbook of ${escaped(system.name)}</a>`);
  const heading = `<h2 id="${system.name}">${escaped(system.title)}</h2>`;
  return part(id, `<div id="${id}">${heading}\n<p>${facts.join("; ")}</p></div>`);
}
