/** Runbook of a system as a document. */
import { systemAlerts } from "../../systems/alerts";
import { headings } from "../../systems/headings";
import { runbookIn, type Resource } from "../source/graph";
import { alertsOf } from "./alerts";
import { heading, text, verbatim, type Block } from "./block";
import { contactsOf } from "./contacts";
import { failure } from "./failure";
import { headingsOf } from "./headings";
import { recoveryOf, type RecoverySource } from "./recovery";
import { overview, stepSections } from "./steps";

/** Source of a document. */
export interface Source extends RecoverySource {
  readonly graph: readonly Resource[];
  /** True if the graph is the stack's state, and not the program's own. */
  readonly isDeployed: boolean;
}

export interface Document {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/**
 * Describes the runbook of a system.
 * @throws Error with the systems of the stack, if it is none of them
 */
export function documentOf(system: string, { graph, isDeployed, ...recovery }: Source): Document {
  const { stack } = recovery;
  const runbook = runbookIn(graph, system);
  const { title, namespace, release, contacts } = runbook;
  const of = isDeployed
    ? `the state of the stack ${verbatim(stack)}: what was deployed`
    : `the program with the configuration of the stack ${verbatim(stack)}: what \`up\` does there`;
  const alerts = systemAlerts[system];
  return {
    title,
    blocks: [
      heading(1, title),
      text(
        `This is ${of}. The system is ${verbatim(system)}, its release ${verbatim(release)}, its namespace ` +
          `${verbatim(namespace)}. ${verbatim("pulumi preview")} shows what would change, and ${verbatim("pulumi up")} does ` +
          "the steps: each waits until everything in the steps before it is ready, and one that is done is not done again.",
      ),
      heading(2, "Steps"),
      ...overview(system, runbook),
      ...stepSections(runbook, graph),
      ...failure,
      ...(alerts ? alertsOf(system, alerts("")) : []),
      ...recoveryOf(system, recovery),
      ...contactsOf(system, contacts),
      ...headingsOf(runbook, headings[system] ?? []),
    ],
  };
}
