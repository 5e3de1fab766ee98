/** Section about the headings of the original: those that have no counterpart, and the place of the others. */
import type { Heading, Part } from "../../systems/heading";
import type { DeclaredRunbook } from "../source/graph";
import { heading, list, listed, text, verbatim, folded, type Block } from "./block";
import { stepLink } from "./steps";

const parts: Readonly<Record<Part, string>> = {
  alerts: "[Alerts](#alerts)",
  contacts: "[Contacts and escalation](#contacts-and-escalation)",
  failure: "[If a step fails](#if-a-step-fails)",
  recovery: "[Recovery](#recovery)",
};

/** Describes the place of each heading. Empty for a system that was made from no document. */
export function headingsOf(runbook: DeclaredRunbook, headings: readonly Heading[]): Block[] {
  if (headings.length === 0) return [];
  const gone = headings.filter(({ leftOut }) => leftOut !== undefined);
  const kept = headings.filter(({ steps, part }) => steps ?? part);
  return [
    heading(2, "Left out"),
    text(`What "${runbook.title}" has and this program does not do, by its headings, and why.`),
    list(
      gone.map((each) => {
        const rest = (each.steps ?? each.part) ? ` The rest: ${placeOf(runbook, each)}.` : "";
        return `${quoted(each)} ${each.leftOut}${rest}`;
      }),
    ),
    folded("Place of the other headings", [list(kept.map((each) => `${quoted(each)} ${placeOf(runbook, each)}`))]),
  ];
}

const quoted = ({ title }: Heading) => `**${title}**:`;

function placeOf(runbook: DeclaredRunbook, { steps = [], part }: Heading): string {
  const there = runbook.steps.map(({ name }) => name);
  const links = steps.map((name) =>
    there.includes(name) ? stepLink(runbook, name) : `${verbatim(name)} (not with this configuration)`,
  );
  return listed([...links, ...(part ? [parts[part]] : [])]);
}
