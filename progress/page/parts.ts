/** Parts of a deployment's page beside its steps. */
import { escaped } from "../../drawing/html";
import { moment } from "../../runbook/content/durations";
import type { Deployment, System } from "../deployment";
import { countsOf, isBehind, releaseOf, runWords, standOf } from "../words";
import { code, failureOf } from "./failure";
import { part, type Part } from "./part";
import { clock } from "./step";

/** Says how the whole run stands. */
export function summary({ state, began, ended, systems, counts }: Deployment): Part {
  const steps = systems.flatMap((system) => system.steps);
  const facts = [
    ...(steps.length > 0 ? [`${steps.filter(isBehind).length} of ${steps.length} steps done`] : []),
    ...(began === undefined ? [] : [`began ${moment(began)}`, clock(began, ended)]),
    ...(countsOf(counts) ? [`resources: ${countsOf(counts)}`] : []),
  ];
  const lines = [`<p class="run ${state}">${escaped(runWords[state])}</p>`, `<p>${facts.join("; ")}</p>`];
  return part("summary", `<div id="summary">${lines.join("\n")}</div>`);
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

/** Title of a system, its release, and where it stands. */
export function systemHead(system: System): Part {
  const id = `head-${system.name}`;
  const release = releaseOf(system);
  const facts = [...(release === undefined ? [] : [`release ${escaped(release)}`]), standOf(system)];
  const heading = `<h2 id="${system.name}">${escaped(system.title)}</h2>`;
  return part(id, `<div id="${id}">${heading}\n<p>${facts.join("; ")}</p></div>`);
}
