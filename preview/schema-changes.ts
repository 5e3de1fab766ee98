/** Changes of a system's schema, as tasks of its step `migrate`. */
import { ofRestore } from "../components/migrations";
import type { Change, State } from "../engine/change";
import { at, changedFields } from "./fields";
import { verbOf } from "./verbs";

/** Names of changes of the schema, as `schema.target` has them. */
export interface ChangedMigrations {
  readonly added: readonly string[];
  /** Changes whose scripts differ from those that were deployed. */
  readonly edited: readonly string[];
  /** Changes whose tasks go: the target is before them, or the project no longer has them. */
  readonly removed: readonly string[];
  /** Last change that is deployed. Undefined if there is none. */
  readonly deployed?: string;
}

/**
 * Finds the changes of the schema among a system's resources, which are in the order of the engine.
 * @param options.edited whether a task that runs again says that its script differs; another target or database makes it
 *   run again, too
 */
export function migrationsIn(
  system: string,
  resources: readonly Change[],
  options: { readonly edited: boolean },
): ChangedMigrations {
  const tasks = resources.filter(
    ({ name, type, step }) => step === "migrate" && type.endsWith(":Job") && name.startsWith(`${system}-migrate-`),
  );
  const named = (wanted: (task: Change) => boolean) =>
    tasks.filter(wanted).map((task) => changeOf(task.after ?? task.before) ?? task.name);
  // After a restore one task has them all. None is new then, and none goes.
  if (tasks.some(({ name }) => name === `${system}-migrate-${ofRestore}`))
    return { added: [], edited: [], removed: [] };
  const deployed = named(({ before, operation }) => before !== undefined && operation !== "delete").at(-1);
  return {
    added: named((task) => verbOf(task) === "run"),
    edited: options.edited ? named((task) => verbOf(task) === "run again" && changedFields(task).length === 0) : [],
    removed: named(({ operation }) => operation === "delete"),
    ...(deployed !== undefined && { deployed }),
  };
}

/** The last word of the task's command is the name of its change. */
function changeOf(state: State | undefined): string | undefined {
  const command = at(state?.inputs, "spec.template.spec.containers[0].command");
  const last: unknown = Array.isArray(command) ? command.at(-1) : undefined;
  // A command of the team's own deploys changes that nobody names.
  return typeof last === "string" && last !== "any" ? last : undefined;
}
