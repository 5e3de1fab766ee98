/** Drift as Markdown, for an issue of GitHub or GitLab. */
import { code, escaped, fenced, hidden, table } from "../drawing/markdown";
import { textLimit } from "../github/api";
import { findingsOf, type Drift, type Finding } from "./finding";
import { authorWords, fieldWords, headline, remedyWords, words } from "./words";

/** Hidden first line, by which the issue of a stack is found again. */
export const marker = (stack: string) => hidden("runsheet-drift", stack);

/** Formats drift as Markdown. What is too long for an issue is left out at the end, which says so. */
export function markdown(drift: Drift): string {
  const { stack, systems, others, errors } = drift;
  const title = `${marker(stack)}\n### ${escaped(headline(drift))}`;
  if (drift.result === "busy") return `${[title, ...errors.slice(1).map(escaped)].join("\n\n")}\n`;
  const findings = findingsOf(drift);
  const parts = [
    title,
    errors.length > 0 && `**Not everything could be looked at**\n\n${fenced("", errors.join("\n"))}`,
    ...systems.map(({ title, findings }) => `**${escaped(title)}**\n\n${findingTable(findings)}`),
    others.length > 0 && `**Outside of the systems**\n\n${findingTable(others)}`,
    ...findings.flatMap(({ name, message }) =>
      message === undefined ? [] : [`What ${code(name)} says:\n\n${fenced("", message)}`],
    ),
    findings.length > 0 && escaped(remedyWords(drift)),
  ];
  const text = `${parts.filter(Boolean).join("\n\n")}\n`;
  return text.length <= textLimit ? text : shortened(text);
}

/** The first whole lines of a text that is too long, with the end of a fence that they leave open. */
function shortened(text: string): string {
  const end = "\n\nThe rest is left out: it is too long for an issue. The job's log has all of it.\n";
  const longestFence = 16;
  const lines = text
    .slice(0, textLimit - end.length - longestFence)
    .split("\n")
    .slice(0, -1);
  let open = "";
  for (const fence of lines.flatMap((line) => /^`{3,}/.exec(line) ?? []))
    if (open === "") open = fence;
    else if (fence === open) open = "";
  return [...lines, ...(open === "" ? [] : [open])].join("\n") + end;
}

const findingTable = (findings: readonly Finding[]) =>
  table(
    ["step", "what", "fields", "by", "what an up does"],
    findings.map((finding) => [
      escaped(finding.step ?? ""),
      `${words[finding.what]}: ${escaped(finding.kind)} ${inCell(finding.name)}`,
      finding.fields.map((field) => inCell(fieldWords(field))).join("<br>"),
      escaped(authorWords(finding)),
      escaped(finding.up),
    ]),
  );

/** Code in a cell of a table, in which a bar would end it. */
const inCell = (text: string) => code(text.replaceAll("|", "\\|"));
