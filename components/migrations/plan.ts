import { existsSync } from "node:fs";
import { join } from "node:path";
import { readText } from "../identity/text-file";
import { SyntaxProblem } from "./parser";
import { lineOf, parsedStatementsOf } from "./statements";
import { controlOf, refusedInTransaction } from "./transactions";

/** Sqitch project, as its plan describes it. */
export interface Plan {
  readonly project: string;
  /** Changes, in the order of their deployment. */
  readonly changes: readonly string[];
}

/**
 * Reads a project's sqitch.plan and checks that every change has its three scripts, so that a fault in the project is
 * found before anything is changed.
 * @throws Error that names the file, if the plan has no project or no change, a change twice, a line that Sqitch refuses or a
 *   name that is not taken here; or a script is missing, empty, not UTF-8, no SQL, has Windows line ends or a byte order mark,
 *   or has in a transaction what cannot be in one
 */
export function readPlan(directory: string): Plan {
  const path = join(directory, "sqitch.plan");
  const lines = readText(path)
    .split("\n")
    .map((line) => line.trim());
  const project = lines.map((line) => /^%\s*project\s*=\s*(\S+)/.exec(line)?.[1]).find(Boolean);
  if (!project) throw new Error(`${path} names no project: add a line %project=<name>`);
  const planned = lines.filter((line) => /^[^%#@]/.test(line));
  const changes = planned.map((line) => line.split(/\s/)[0]!);
  if (changes.length === 0) throw new Error(`${path} lists no change: add one`);
  const twice = changes.find((change, index) => changes.indexOf(change) !== index);
  if (twice) throw new Error(`${path} lists the change "${twice}" twice`);
  for (const change of changes) checkName(path, change);
  for (const line of planned) checkLine(path, line, changes);
  for (const change of changes) {
    for (const kind of ["deploy", "verify", "revert"]) checkScript(join(directory, kind, `${change}.sql`), change);
  }
  return { project, changes };
}

/**
 * Refuses a name that Sqitch refuses, or that is no path which every file system, shell and ConfigMap takes as it is. "any"
 * and "none" have a meaning for migrate.sh and for schema.target.
 */
function checkName(path: string, name: string): void {
  const parts = name.split("/");
  const taken = parts.every((part) => /^\w([\w.-]*\w)?$/.test(part)) && !name.includes(".-") && name.length <= 200;
  const reserved = ["any", "none", "HEAD", "ROOT"].includes(name) || /^[0-9a-f]{40}/.test(name);
  // Sqitch takes the digits for those of a symbolic name such as one^2.
  if (taken && !reserved && (parts.length === 1 || !/^\d+$/.test(parts.at(-1)!))) return;
  throw new Error(
    `${path} lists the change "${name}", whose name is not taken here: rename it to letters (A to Z), digits and _, with ` +
      "- and . between them, in folders with /; a change in a folder must not have digits only",
  );
}

/** Refuses a line that would stop Sqitch in the middle of the run. */
function checkLine(path: string, line: string, changes: readonly string[]): void {
  // A note begins with the first # after the author, whose name may have one.
  const stamp = /^[^#]*\s\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\s+[^<\s][^<]*<[^>]+>/;
  const [, name, required = ""] = /^(\S+)\s*(?:\[([^\]]+)\])?/.exec(line)!;
  if (!stamp.test(line))
    throw new Error(`${path} lists the change "${name}" without time and author: add it with sqitch add`);
  const before = changes.slice(0, changes.indexOf(name!));
  // Requirements of other projects, of tags, conflicts and change IDs are Sqitch's own to find.
  const isName = (each: string) => /^[\w./-]+$/.test(each) && !/^[0-9a-f]{40}$/.test(each);
  const late = required.split(/\s+/).find((each) => isName(each) && !before.includes(each));
  if (late) throw new Error(`${path}: the change "${name}" requires "${late}", which is not listed before it`);
}

function checkScript(path: string, change: string): void {
  if (!existsSync(path)) throw new Error(`the change "${change}" has no script ${path}: create it`);
  const text = readText(path);
  if (text.trim() === "") throw new Error(`${path} is empty`);
  if (text.includes("\r")) throw new Error(`${path} has Windows line ends: save it with \\n only`);
  try {
    refuseInTransaction(text);
  } catch (error) {
    const wayOut = error instanceof Error && error.cause instanceof SyntaxProblem ? `. ${applied}` : "";
    throw new Error(`${path} ${(error as Error).message}${wayOut}`, { cause: error });
  }
}

const applied = "If it was applied as it is, by an older PostgreSQL, set migrations.command";

/** Refuses a script that is no SQL, and statements between BEGIN and COMMIT that PostgreSQL refuses there. */
function refuseInTransaction(text: string): void {
  let open = false;
  for (const statement of parsedStatementsOf(text, { psql: true })) {
    const control = controlOf(statement.node);
    if (control) open = control === "begin";
    const refused = open && statement.node && refusedInTransaction(statement.node);
    if (refused)
      throw new Error(`line ${lineOf(text, statement)} ${refused}: move it to a change without BEGIN and COMMIT`);
  }
}
