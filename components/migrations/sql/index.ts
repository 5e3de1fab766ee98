/** Migrations that are files of SQL, as a migration tool has them. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { contentHash } from "../../identity/hash";
import { readFiles, type Files } from "../../kubernetes/mounted-files";
import { ChangeIds, idLength, slug } from "../change-id";
import { commonPrograms } from "../common-programs";
import { mountable, type Change, type MigrationSource } from "../source";
import { blank, parsedStatementsOf } from "../statements";
import { controlOf } from "../transactions";
import { detectTool, tools, type ToolName } from "./detect";
import { registryFiles } from "./registry-files";
import { scriptOf, type Script } from "./script";
import { readSql, type SqlFile } from "./tool";

export { toolNames, type ToolName } from "./detect";

/** Properties that every table has which a change creates. */
export interface NewTables {
  /** True if row security is enabled, false if it is not. Default: not checked. */
  readonly rowSecurity?: boolean;
  /** All privileges of a role, such as "SELECT, INSERT". Default: not checked. */
  readonly privileges?: Readonly<Record<string, string>>;
}

export interface SqlSourceArgs {
  readonly directory: string;
  /** Default: what the directory looks like. */
  readonly tool?: ToolName;
  /** Last change that was applied before Runsheet took over. Default: each change has its task. */
  readonly takenOver?: string;
  /** Default: not checked. */
  readonly newTables?: NewTables;
}

/** A file with what psql runs for it. */
interface Migration extends SqlFile {
  readonly id: string;
  readonly script: Script;
  readonly undoScript?: string;
  readonly verify?: string;
}

const inPod = join(__dirname, "..", "in-pod");

/** Programs of psql's, which every source of this kind brings along. */
export const programs = (): Files => ({
  ...readFiles(join(inPod, "sql")),
  ...commonPrograms(),
});

/**
 * Reads a directory of migrations. `verify/NAME.sql` beside the directory verifies the change NAME.
 * @throws Error that names the file and what to do: no tool or two, no file, two of one version, a file that is not UTF-8,
 *   or that no transaction and no order of statements could apply
 */
export function sqlSource({ directory, tool: named, takenOver, newTables = {} }: SqlSourceArgs): MigrationSource {
  const name = named ?? detectTool(directory);
  const tool = tools[name];
  const { files, ignored } = tool.read(directory);
  if (files.length === 0)
    throw new Error(`${directory} has no migration of ${name}: name the directory of the migrations`);
  // Names of tasks that are no change's.
  const ids = new ChangeIds(["taken-over", "together"]);
  const taken = takenOver === undefined ? 0 : indexOf(takenOver, files) + 1;
  const migrations = files.map((file, index) => migrationOf(directory, file, ids, index < taken));
  const outside = new Map(migrations.map(({ name, script }) => [name, script.outside]));
  return {
    project: name,
    changes: migrations.map(changeOf),
    takenOver: taken,
    files: mountable(
      {
        ...programs(),
        ...registryFiles(tool),
        "changes.json": JSON.stringify(migrations.map(described)),
        "new-tables.json": JSON.stringify(newTables),
        "ignored.txt": ignored.map((path) => `ignored, as ${name} does: ${path}\n`).join(""),
        ...Object.fromEntries(migrations.flatMap((each, index) => Object.entries(filesOf(each, index >= taken)))),
      },
      "set migrations.takenOver to the last change that is applied, since the files up to it are left out",
    ),
    image: "postgresql",
    obstacleToOneTransaction: (changes) => {
      const obstacle = changes.find((change) => outside.get(change.name));
      return obstacle && `${obstacle.name} runs statement by statement: ${outside.get(obstacle.name)}`;
    },
  };
}

function migrationOf(directory: string, file: SqlFile, ids: ChangeIds, isTaken: boolean): Migration {
  const path = join(directory, file.path);
  refuseName(path, file.name);
  const plain = slug(file.name);
  const id = ids.of(file.name, plain, () => plain !== "" && plain.length <= idLength);
  const verify = join(dirname(directory), "verify", `${file.name}.sql`);
  return {
    ...file,
    id,
    script: file.obstacle === undefined ? scriptIn(path, file, isTaken) : unread(file.text),
    undoScript: file.undo && undoScript(join(directory, file.undo.path), file.undo.text),
    verify: existsSync(verify) ? verifyScript(verify) : undefined,
  };
}

/** Reads a file. What is applied already is no longer run: it may be SQL of an older PostgreSQL, and must not be edited. */
function scriptIn(path: string, { text, alone }: SqlFile, isTaken: boolean): Script {
  try {
    return at(path, () => scriptOf(text, alone));
  } catch (error) {
    if (isTaken) return unread(text);
    throw new Error(`${(error as Error).message}. ${wayOut}`, { cause: error });
  }
}

const wayOut =
  "If it was applied before Runsheet took over, set migrations.takenOver to it or a later change; if the tool alone can " +
  "apply it, migrations.command";

const unread = (text: string): Script => ({ text, indexes: [], validated: [] });

const changeOf = ({ name, id, text, verify, undo, script }: Migration): Change => ({
  name,
  id,
  deployHash: contentHash([text, script.outside !== undefined]),
  hash: contentHash([text, script.outside !== undefined, verify, undo?.text]),
});

/** Describes a change for in-pod/sql/state.sql. */
const described = (
  { name, id, key, checksums, repeatable, obstacle, verify, undo, script }: Migration,
  index: number,
) => ({
  position: index + 1,
  name,
  id,
  key,
  checksums,
  repeatable: repeatable ?? false,
  outside: script.outside !== undefined,
  obstacle,
  verify: verify !== undefined,
  undo: undo !== undefined,
  indexes: script.indexes,
  validated: script.validated,
});

/** Lists a change's files. One that is applied already needs none of those that apply it. */
const filesOf = ({ id, row, script, undoScript, verify }: Migration, applies: boolean): Files => ({
  ...(applies ? { [`change.${id}.sql`]: script.text } : {}),
  [`change.${id}.json`]: applies ? JSON.stringify(row) : "{}",
  ...(undoScript === undefined ? {} : { [`undo.${id}.sql`]: undoScript }),
  ...(verify === undefined ? {} : { [`verify.${id}.sql`]: verify }),
});

function indexOf(takenOver: string, files: readonly SqlFile[]): number {
  const index = files.findIndex(({ name }) => name === takenOver);
  if (index >= 0) return index;
  throw new Error(`takenOver is "${takenOver}": unknown change; changes: ${files.map(({ name }) => name).join(", ")}`);
}

/** Adds the file to an error's message. */
function at<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${path} ${(error as Error).message}`, { cause: error });
  }
}

function undoScript(path: string, text: string): string {
  const { text: script, outside } = at(path, () => scriptOf(text));
  if (outside) throw new Error(`${path} cannot run in a transaction: ${outside}. Change it`);
  return script;
}

/**
 * Reads a verify script without the statements that begin and end its transaction: it runs in one that is taken back.
 */
function verifyScript(path: string): string {
  const text = readSql(dirname(path), path.slice(dirname(path).length + 1));
  const controls = at(path, () => parsedStatementsOf(text)).filter(({ node }) => controlOf(node));
  return controls.reduce(
    (script, { offset, text: control }) =>
      script.slice(0, offset) + blank(control) + script.slice(offset + control.length),
    text,
  );
}

/** A name is printed, handed to a shell, and part of a dump's manifest. */
function refuseName(path: string, name: string): void {
  if (!/^[^'"\\|\p{Cc}]+$/u.test(name) || name.trim() !== name || name === "any" || name === "none")
    throw new Error(
      `${path} has a name that is not taken here: leave out quotation marks, \\, | and control characters`,
    );
}
