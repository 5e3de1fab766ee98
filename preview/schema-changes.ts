/** Changes of a system's schema, as tasks of its step `migrate`. */
import type { Change, State } from "../engine/change";
import { at, changedFields, job } from "./fields";
import { scriptsIn } from "./project-files";
import { isRenamed } from "./unsuccessful";
import { verbOf } from "./verbs";

/** Names of changes of the schema, as `schema.target` has them. */
export interface ChangedMigrations {
  readonly added: readonly string[];
  /** Changes whose scripts differ from those that were deployed. */
  readonly edited: readonly string[];
  /** Changes of which only the verify or the revert script differs. */
  readonly reproved: readonly string[];
  /** Changes whose tasks go: the target is before them, or the project no longer has them. */
  readonly removed: readonly string[];
  /** Last change that is deployed. Undefined if there is none. */
  readonly deployed?: string;
  /** True if a command of the team's own runs: nobody knows which changes it has. */
  readonly byCommand: boolean;
}

export interface MigrationOptions {
  /**
   * True if the target and the database stay: only then a task that runs again says that its script differs, and one that
   * ends with another change says that changes are new.
   */
  readonly edited: boolean;
}

const none: ChangedMigrations = { added: [], edited: [], reproved: [], removed: [], byCommand: false };

/** Finds the changes of the schema among a system's resources, which are in the order of the engine. */
export function migrationsIn(
  system: string,
  resources: readonly Change[],
  options: MigrationOptions,
): ChangedMigrations {
  const tasks = resources.filter(
    ({ name, type, step }) => step === "migrate" && type === job && name.startsWith(`${system}-migrate-`),
  );
  const commands = tasks.filter((task) => nameOf(task) === "any");
  if (commands.length > 0) return { ...none, byCommand: commands.some(runs) };
  const scripts = scriptsIn(system, resources);
  // One task has all of them then. It says no more than the last one.
  if (tasks.some(isOfAll)) return ofOneTask(tasks, scripts, options);
  // A change that was applied before Runsheet took over is not new, and is not deployed again.
  const own = (wanted: (task: Change) => boolean) =>
    tasks.filter((task) => modeOf(task) !== "take-over" && wanted(task)).map(nameOf);
  const edited = options.edited ? own((task) => isRerun(task) && changedFields(task).length === 0) : [];
  return {
    added: own((task) => verbOf(task) === "run"),
    edited: edited.filter((name) => !scripts.reproved.includes(name)),
    reproved: edited.filter((name) => scripts.reproved.includes(name)),
    removed: own(({ operation }) => operation === "delete"),
    ...deployedBy(tasks.filter(({ operation }) => operation !== "delete")),
    byCommand: false,
  };
}

/** Finds them where all are in one task, before or after: deployed in one transaction, or after a restore. */
function ofOneTask(
  tasks: readonly Change[],
  scripts: ReturnType<typeof scriptsIn>,
  { edited }: MigrationOptions,
): ChangedMigrations {
  const gone = ({ operation }: Change) => operation === "delete";
  // The engine deletes the last one first.
  const { deployed: from } = deployedBy([...tasks.filter((task) => !gone(task)), ...tasks.filter(gone).reverse()]);
  const last = tasks.findLast((task) => !gone(task));
  const to = last && nameOf(last);
  const isRun = tasks.some(isRerun);
  const known = edited && isRun ? { edited: scripts.edited, reproved: scripts.reproved } : {};
  const deployed = from === undefined ? {} : { deployed: from };
  if (from === to) return { ...none, ...known, ...deployed };
  const { added, removed } = scripts;
  // The files are ahead of the task if the up that brought them stopped before it.
  const ahead = edited && added.length === 0 && removed.length === 0 && to !== undefined ? [to] : [];
  return { ...none, ...known, ...deployed, added: [...added, ...ahead], removed };
}

const runs = (task: Change) => ["run", "run again"].includes(verbOf(task) ?? "");

/** True if a task runs again since it is another one. One that did not succeed keeps its name. */
const isRerun = (task: Change) => verbOf(task) === "run again" && isRenamed(task);

/** Last change that tasks have deployed, or that was applied before them. */
function deployedBy(tasks: readonly Change[]): Pick<ChangedMigrations, "deployed"> {
  const last = tasks.findLast((task) => task.before !== undefined || modeOf(task) === "take-over");
  return last ? { deployed: changeOf(last.before ?? last.after) ?? last.name } : {};
}

const nameOf = (task: Change) => changeOf(task.after ?? task.before) ?? task.name;

/** True for a task that deploys all changes: in one transaction, or after a restore. */
const isOfAll = (task: Change) => ["deploy-together", "deploy-all"].includes(modeOf(task) ?? "");

const modeOf = ({ before, after }: Change) => wordOf(after ?? before, -3);
const changeOf = (state: State | undefined) => wordOf(state, -1);

/** Word of the task's command, which ends with `migrate.sh MODE PROJECT CHANGE`. */
function wordOf(state: State | undefined, index: number): string | undefined {
  const command = at(state?.inputs, "spec.template.spec.containers[0].command");
  const word: unknown = Array.isArray(command) ? command.at(index) : undefined;
  return typeof word === "string" ? word : undefined;
}
