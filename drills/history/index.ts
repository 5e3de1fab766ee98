/** Commands `history` and `due`. They ask nothing of a cluster. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { StackSettings } from "../stack-settings";
import type { Format } from "./arguments";
import { csv } from "./csv";
import { dueOn, dueText } from "./due";
import { evidenceKeys, evidenceOf, type Evidence } from "./evidence";
import { page, type History } from "./page";
import { missedText, newestOf } from "./page-attention";
import { metrics } from "./prometheus";
import { ofStack, pathOf, readRecords, type Records } from "./records";

/** Version of the shape of the JSON. */
const exportVersion = 1;

interface Args {
  /** Default: all stacks. */
  readonly stack?: string;
  /** Directories of reports beside reports/. */
  readonly from: readonly string[];
  readonly format: Format;
  /** Default: reports/drills.html for HTML, else the standard output. */
  readonly output?: string;
}

/** Output of a command, and the time. */
export interface Surroundings {
  /** Directory of the project. */
  readonly root: string;
  readonly print: (text: string) => void;
  /** Prints what does not belong to the result. */
  readonly note: (text: string) => void;
  readonly now: Date;
}

/**
 * Writes the history.
 * @throws Misuse if an argument or the configuration of a stack is wrong
 */
export function history({ stack, from, format, output }: Args, { root, print, note, now }: Surroundings): void {
  const all = readRecords(join(root, "reports"), from, now);
  const records = stack === undefined ? all : ofStack(all, stack);
  const stacks = stack === undefined ? stacksOf(root, note) : [StackSettings.read(stack, root)];
  const due = stacks.flatMap((each) => dueOn(each, records, now));
  const evidence = evidenceOf(records);
  const file = output ?? (format === "html" ? join(root, "reports", "drills.html") : undefined);
  const text = formatted(format, { records, evidence, due, now }, stacks, resolve(file ?? "."));
  noteLeftOut(records, note);
  for (const each of newestOf(evidence).filter(({ result }) => result !== "met")) note(missedText(each));
  for (const each of due.filter(({ isOverdue }) => isOverdue)) note(`overdue: ${dueText(each)}`);
  if (file === undefined) return print(text);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  note(`The history: ${file}`);
}

/**
 * Prints the drills that are overdue. Returns whether there are any.
 * @throws Misuse if an argument or the configuration of the stack is wrong
 */
export function due({ stack, from }: Args & { stack: string }, { root, print, note, now }: Surroundings): boolean {
  const settings = StackSettings.read(stack, root);
  const records = readRecords(join(root, "reports"), from, now);
  noteLeftOut(records, note);
  const all = dueOn(settings, records, now);
  const overdue = all.filter(({ isOverdue }) => isOverdue);
  for (const each of all.filter((each) => each.unable !== undefined && !each.isOverdue)) note(dueText(each));
  for (const each of overdue) print(`overdue: ${dueText(each)}\n`);
  if (all.length === 0) print(`no drill is due on the stack ${stack}: runsheet:drills.every names none\n`);
  else if (overdue.length === 0) print(`no drill of the stack ${stack} is overdue\n`);
  return overdue.length > 0;
}

function formatted(format: Format, history: History, stacks: readonly StackSettings[], file: string): string {
  const { records, evidence, due, now } = history;
  switch (format) {
    case "html":
      return page(history, file);
    case "csv":
      return csv(evidenceKeys, evidence);
    case "prometheus":
      return metrics(stacks[0]!, records, due);
    case "json": {
      const leftOut = records.leftOut.map(({ file, reason }) => ({ file: pathOf(file), reason }));
      const all = { version: exportVersion, written: now.toISOString(), drills: evidence.map(inOrder), due, leftOut };
      return `${JSON.stringify(all, null, 2)}\n`;
    }
  }
}

/** Returns a record with its keys in the order of the columns. */
const inOrder = (evidence: Evidence) => Object.fromEntries(evidenceKeys.map((key) => [key, evidence[key]]));

/** Settings of all stacks of the project. One whose key `drills` is wrong is named, and has nothing that is due. */
function stacksOf(root: string, note: (text: string) => void): StackSettings[] {
  const names = readdirSync(root).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.slice(1) ?? []);
  return names.sort().flatMap((name) => {
    const stack = StackSettings.read(name, root);
    try {
      void stack.drills;
      return [stack];
    } catch (error) {
      note((error as Error).message);
      return [];
    }
  });
}

const noteLeftOut = ({ leftOut }: Records, note: (text: string) => void) => {
  for (const { file, reason } of leftOut) note(`left out ${pathOf(file)}: ${reason}`);
};
