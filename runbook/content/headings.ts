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
  const placed = headings.filter(({ steps, part }) => steps ?? part);
  const gone = headings.filter((each) => !placed.includes(each));
  const inPart = placed.filter(({ leftOut }) => leftOut !== undefined);
  const place = (each: Heading) => placeOf(runbook, each);
  return [
    heading(2, "Left out"),
    text(`These headings of "${runbook.title}" have no counterpart:`),
    list(gone.map((each) => `${quoted(each)} ${each.leftOut}`)),
    text("Of these a part is left out, or done otherwise:"),
    list(inPart.map((each) => `${quoted(each)} ${each.leftOut} The rest: ${place(each)}.`)),
    folded("Place of each heading that has one", [list(placed.map((each) => `${quoted(each)} ${place(each)}`))]),
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
