/** Section about people to ask. */
import type { Contact } from "../../components/runbook";
import { heading, table, text, verbatim, type Block } from "./block";

export function contactsOf(system: string, contacts: readonly Contact[]): Block[] {
  if (contacts.length === 0)
    return [
      heading(2, "Contacts and escalation"),
      text(`Nobody is configured. ${verbatim(`${system}:contacts`)} lists whom to ask, and when to ask the next one.`),
    ];
  return [
    heading(2, "Contacts and escalation"),
    text(`In this order, from ${verbatim(`${system}:contacts`)}.`),
    table(
      ["role", "name", "reach", "the next one after"],
      contacts.map(({ role, name = "", reach, minutes }) => [
        role,
        name,
        reach,
        minutes === undefined ? "" : `${minutes} min`,
      ]),
    ),
  ];
}
