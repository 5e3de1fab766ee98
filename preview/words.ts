/** Sentences that the formats for people share. */
import type { Danger, Told, ToldChange, ToldMessage, ToldSystem, Verb } from "./told";

/** Words for what happens, in the order in which they are counted. */
export const verbs: Readonly<Record<Verb, string>> = {
  add: "added",
  change: "changed",
  run: "runs",
  "run again": "runs again",
  replace: "replaced",
  delete: "deleted",
  release: "left where it is",
  import: "imported",
  renew: "renewed",
};

/** Counts such as "2 added, 1 runs again". */
export const countWords = (counts: Told["counts"]): string =>
  (Object.keys(verbs) as Verb[]).flatMap((verb) => (counts[verb] ? [`${counts[verb]} ${verbs[verb]}`] : [])).join(", ");

/** First line: the stack and the result. */
export function headline({ stack, result, counts, warnings }: Told): string {
  if (result === "no changes") {
    const more = warnings.length > 0 ? ` Warnings (--format json shows them): ${warnings.length}.` : "";
    return `The stack ${stack} has no changes.${more}`;
  }
  if (result === "failed") return `The preview of the stack ${stack} failed.`;
  return `Changes of the stack ${stack}: ${countWords(counts)}.`;
}

/** Fields in parentheses, none for a change without fields. */
export const fieldWords = ({ fields }: ToldChange, most = Infinity): string => {
  if (fields.length === 0) return "";
  const more = fields.length - most;
  return ` (${fields.slice(0, most).join(", ")}${more > 0 ? `, and ${more} more` : ""})`;
};

/** Sentence about something that holds data. */
export const dangerWords = (danger: Danger): string => {
  const { verb, kind, name, system, step, loss } = danger;
  const where = [system, step].filter(Boolean).join(", step ");
  return `${verbs[verb].toUpperCase()}: ${kind} ${name}${where ? ` of ${where}` : ""}${fieldWords(danger)}. It ${loss}.`;
};

/** Names of resources up to a number, with a message about them. */
export function messageWords({ resources, message }: ToldMessage, most = 5): string {
  if (resources.length === 0) return message;
  const more = resources.length - most;
  return `${resources.slice(0, most).join(", ")}${more > 0 ? ` and ${more} more` : ""}: ${message}`;
}

/** Sentence about the maintenance mode. */
export function maintenanceWords({ maintenance: { from, until, minutes, isOn } }: ToldSystem): string {
  if (from === undefined) return "no";
  if (isOn) return `yes, it is on since the last up (until ${until})`;
  const length = minutes === undefined ? "for an unknown time" : `for about ${minutes} min, as the last time`;
  return `yes, ${length} (from ${from} to ${until})`;
}
