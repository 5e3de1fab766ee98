/** Drift as text, for a terminal. */
import { findingsOf, type Drift, type DriftedSystem, type Finding } from "./finding";
import { authorWords, fieldWords, headline, remedyWords, words } from "./words";

/** Formats drift as text. */
export function text(drift: Drift): string {
  const { systems, others, errors } = drift;
  if (drift.result === "busy") return `${[headline(drift), ...errors.slice(1)].join("\n\n")}\n`;
  const sections = [
    headline(drift),
    errors.length > 0 && ["Errors", ...errors.map((error) => `  ${error.replaceAll("\n", "\n  ")}`)].join("\n"),
    ...systems.map(systemText),
    others.length > 0 &&
      ["Outside of the systems", ...others.flatMap((finding) => findingLines(finding, "  "))].join("\n"),
    findingsOf(drift).length > 0 && remedyWords(drift),
  ];
  return `${sections.filter(Boolean).join("\n\n")}\n`;
}

function systemText({ name, title, findings }: DriftedSystem): string {
  let step: string | undefined;
  const lines = findings.flatMap((finding) => {
    const isNext = finding.step !== step;
    step = finding.step;
    return [
      ...(isNext && step !== undefined ? [`  ${step}`] : []),
      ...findingLines(finding, step === undefined ? "  " : "    "),
    ];
  });
  return [`${title} (${name})`, ...lines].join("\n");
}

function findingLines(finding: Finding, indent: string): string[] {
  const { what, kind, name, fields, message, up } = finding;
  const by = authorWords(finding);
  const more = [
    ...fields.map(fieldWords),
    ...(message === undefined ? [] : message.split("\n")),
    ...(by === "" ? [] : [`by: ${by}`]),
    up,
  ];
  return [`${indent}${words[what]}  ${kind} ${name}`, ...more.map((line) => `${indent}    ${line}`)];
}
