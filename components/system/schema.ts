/** The schema that a system is to have. */
import { changesUpTo } from "../migrations";
import type { SystemDescription } from "./description";
import type { CommonSettings } from "./settings";

/** The changes of a Sqitch project up to a target. */
export interface Schema {
  /** Directory of the Sqitch project. */
  readonly project: string;
  /** The last change to have; "none" has none of them. Default: all changes. */
  readonly target?: string;
  /** The changes up to the target, in the order in which they are deployed. */
  readonly changes: readonly string[];
}

/**
 * Returns the schema of a system; undefined if the system has no migrations. The stack's `schema.target` takes
 * precedence over what the system declares, so that no system can leave it out.
 */
export function schemaOf(
  { migrations: project, defaultTarget }: Pick<SystemDescription, "migrations" | "defaultTarget">,
  settings: Pick<CommonSettings, "schema">,
): Schema | undefined {
  if (project === undefined) return undefined;
  const target = settings.schema?.target ?? defaultTarget;
  return { project, target, changes: changesUpTo({ project, target }) };
}
