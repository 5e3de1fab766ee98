/** Preview as text, for a terminal. */
import type { Told, ToldChange, ToldSystem } from "./told";
import { dangerWords, fieldWords, headline, maintenanceWords, messageWords, verbs } from "./words";

/** Formats a preview as text. */
export function text(told: Told): string {
  const { result, dangers, systems, components, policies, errors, warnings, migrations } = told;
  const sections = [
    section("DATA IS AT STAKE", dangers.map(dangerWords), "!! "),
    headline(told),
    section(
      "Errors",
      errors.map((each) => messageWords(each)),
    ),
    ...systems.map(systemText),
    ...components.map(({ name, changes }) => section(`Outside of the systems: ${name}`, changes.map(changeWords))),
    section(
      "Policies",
      policies.map(({ policy, level, resource, message }) => `${policy} (${level})${at(resource)}: ${message}`),
    ),
    result !== "no changes" &&
      section(
        "Warnings",
        warnings.map((each) => messageWords(each)),
      ),
    section(
      "Migrations",
      (migrations ?? []).map(
        ({ file, line, level, rule, message }) => `${file}${line ? `:${line}` : ""}: ${level}: ${rule}: ${message}`,
      ),
    ),
  ];
  return `${sections.filter(Boolean).join("\n\n")}\n`;
}

function systemText(system: ToldSystem): string {
  const { name, title, why, steps, others, wayBack } = system;
  const lines = [
    `${title} (${name})`,
    ...(why.length > 0 ? [`  because of: ${why.join("; ")}`] : []),
    ...steps.flatMap((step) => [
      `  ${step.name}: ${step.title}`,
      ...(step.why.length > 0 ? [`    because of: ${step.why.join("; ")}`] : []),
      ...step.changes.map((change) => `    ${changeWords(change)}`),
    ]),
    ...(others.length > 0 ? ["  in no step", ...others.map((change) => `    ${changeWords(change)}`)] : []),
    `  maintenance mode: ${maintenanceWords(system)}`,
    `  way back: ${wayBack.possible ? "yes" : "no"}`,
    ...wayBack.how.map((line) => `    ${line}`),
  ];
  return lines.join("\n");
}

const widest = Math.max(...Object.values(verbs).map(({ length }) => length));

const changeWords = (change: ToldChange) =>
  `${verbs[change.verb].padEnd(widest)}  ${change.kind} ${change.name}${fieldWords(change)}`;

const at = (resource: string | undefined) => (resource ? ` ${resource}` : "");

/** Heading with indented lines; empty without lines. Further lines of a message are indented, too. */
function section(heading: string, lines: readonly string[], mark = ""): string {
  if (lines.length === 0) return "";
  return [heading, ...lines.map((line) => `  ${mark}${line.replaceAll("\n", "\n    ")}`)].join("\n");
}
