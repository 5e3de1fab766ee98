import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
 * @throws Error that names the file, if the plan has no project or no change, a change twice, or a script is missing,
 *   empty, is no SQL, has Windows line ends or a byte order mark, or has in a transaction what cannot be in one
 */
export function readPlan(directory: string): Plan {
  const path = join(directory, "sqitch.plan");
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .map((line) => line.trim());
  const project = lines.map((line) => /^%project=(\S+)/.exec(line)?.[1]).find(Boolean);
  if (!project) throw new Error(`${path} names no project: add a line %project=<name>`);
  const changes = lines.filter((line) => /^[^%#@\s]/.test(line)).map((line) => line.split(/\s/)[0]!);
  if (changes.length === 0) throw new Error(`${path} lists no change: add one`);
  const twice = changes.find((change, index) => changes.indexOf(change) !== index);
  if (twice) throw new Error(`${path} lists the change "${twice}" twice`);
  for (const change of changes) {
    for (const kind of ["deploy", "verify", "revert"]) checkScript(join(directory, kind, `${change}.sql`), change);
  }
  return { project, changes };
}

function checkScript(path: string, change: string): void {
  if (!existsSync(path)) throw new Error(`the change "${change}" has no script ${path}: create it`);
  const text = readFileSync(path, "utf8");
  if (text.trim() === "") throw new Error(`${path} is empty`);
  if (text.startsWith("\uFEFF")) throw new Error(`${path} begins with a byte order mark: save it as UTF-8 without one`);
  if (text.includes("\r")) throw new Error(`${path} has Windows line ends: save it with \\n only`);
  try {
    refuseInTransaction(text);
  } catch (error) {
    throw new Error(`${path} ${(error as Error).message}`, { cause: error });
  }
}

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
