/** Preview as Markdown, for a comment on a pull request. */
import { code, escaped, fenced, folded, hidden, table } from "../drawing/markdown";
import { textLimit } from "../github/api";
import type { Told, ToldChange, ToldMessage, ToldSystem } from "./told";
import { countWords, dangerWords, fieldWords, headline, maintenanceWords, messageWords, verbs } from "./words";

/** Hidden first line, by which the comment of a stack is found again. */
export const marker = (stack: string) => hidden("runsheet-preview", stack);

/** Most characters of a preview: the comment names its commit below it. */
export const previewLimit = textLimit - 100;

/** Numbers of lines that a list may have, the most first. */
const lengths = [Infinity, 100, 30, 10, 3, 0];

/** Characters of a message of the program, with the shortest lists. */
const shortMessage = 500;

/**
 * Formats a preview as Markdown. It is as long as `limit` allows: lists end sooner where it is too long, and say how many
 * lines are left out.
 */
export function markdown(told: Told, limit = previewLimit): string {
  for (const most of lengths) {
    const text = whole(told, most);
    if (text.length <= limit) return text;
  }
  const end = "\n\nThe rest is left out: it is too long for a comment. The job's log has all of it.\n";
  return whole(told, 0).slice(0, limit - end.length) + end;
}

function whole(told: Told, most: number): string {
  const { stack, dangers, systems, components, policies, errors, warnings, migrations } = told;
  const parts = [
    `${marker(stack)}\n### ${escaped(headline(told))}`,
    dangers.length > 0 && `> [!CAUTION]\n> **Data is at stake.**\n${list(dangers.map(dangerWords), most, "> ")}`,
    systems.length > 0 && summary(systems),
    errors.length > 0 && `**Errors**\n\n${messages(errors, most)}`,
    ...systems.map((system) => systemPart(system, most)),
    ...components.map(({ name, changes }) =>
      folded(`Outside of the systems: ${name}, ${changesOf(changes)}`, changeList(changes, most)),
    ),
    policies.length > 0 &&
      `**Policies**\n\n${list(
        policies.map(
          ({ policy, level, resource, message }) =>
            `${policy} (${level})${resource ? `, ${resource}` : ""}: ${message}`,
        ),
        most,
      )}`,
    migrations !== undefined && migrationPart(migrations, most),
    warnings.length > 0 && folded(`Warnings (${warnings.length})`, messages(warnings, most)),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

const summary = (systems: readonly ToldSystem[]) =>
  table(
    ["system", "because of", "steps", "changes", "maintenance mode", "way back"],
    systems.map((system) => [
      escaped(system.name),
      escaped(system.why.join("; ") || "-"),
      escaped(system.steps.map(({ name }) => name).join(", ")),
      changesOf(allChanges(system)),
      escaped(maintenanceWords(system)),
      system.wayBack.possible ? "yes" : "**no**",
    ]),
  );

const allChanges = ({ steps, others }: ToldSystem) => [...steps.flatMap(({ changes }) => changes), ...others];

function systemPart(system: ToldSystem, most: number): string {
  const { title, name, steps, others, wayBack } = system;
  const body = [
    ...steps.map((step) => {
      const why = step.why.length > 0 ? `\n\nBecause of: ${escaped(step.why.join("; "))}` : "";
      return `**${escaped(step.name)}**: ${escaped(step.title)}${why}\n\n${changeList(step.changes, most)}`;
    }),
    ...(others.length > 0 ? [`**In no step**\n\n${changeList(others, most)}`] : []),
    `**Way back**: ${wayBack.possible ? "yes" : "no"}\n\n${fenced("text", wayBack.how.join("\n"))}`,
  ];
  return folded(`${title} (${name})`, body.join("\n\n"));
}

function migrationPart(findings: NonNullable<Told["migrations"]>, most: number): string {
  if (findings.length === 0) return "The migrations that are new or changed have no findings.";
  const lines = findings.map(
    ({ file, line, level, rule, message }) => `${file}${line ? `:${line}` : ""}: ${level}: ${rule}: ${message}`,
  );
  return `**Migrations**\n\n${list(lines, most)}`;
}

const changeList = (changes: readonly ToldChange[], most: number) =>
  listed(
    changes.map(
      (change) => `- ${verbs[change.verb]} ${code(`${change.kind} ${change.name}`)}${escaped(fieldWords(change, 12))}`,
    ),
    most,
  );

/** Counts by verb. */
function changesOf(changes: readonly ToldChange[]): string {
  const counts: Partial<Record<ToldChange["verb"], number>> = {};
  for (const { verb } of changes) counts[verb] = (counts[verb] ?? 0) + 1;
  return countWords(counts);
}

function messages(all: readonly ToldMessage[], most: number): string {
  const shorten = (text: string) =>
    most === Infinity || text.length <= shortMessage ? text : `${text.slice(0, shortMessage)} ...`;
  return listed(
    all.map(({ resources, message }) => fenced("text", messageWords({ resources, message: shorten(message) }))),
    Math.max(most, 3),
  );
}

const list = (lines: readonly string[], most: number, mark = "") =>
  listed(
    lines.map((line) => `${mark}- ${escaped(line.replaceAll("\n", " "))}`),
    Math.max(most, 10),
  );

/** Lines up to a number, and how many are left out. */
function listed(lines: readonly string[], most: number): string {
  const more = lines.length - most;
  const shown =
    more > 0
      ? [...lines.slice(0, most), `- ${more} of ${lines.length} are left out here: the job's log has them`]
      : lines;
  return shown.join("\n");
}
