/** The schema that a system is to have. */
import type { MountedFiles } from "../kubernetes/mounted-files";
import { changesUpTo, type MigrationSource } from "../migrations";
import type { SystemDescription } from "./description";
import { migrationSource } from "./migration-settings";
import { partsThere, schemaIsShipped } from "./parts";
import type { CommonSettings } from "./settings";

/** The changes of a source up to a target. */
export interface Schema {
  readonly source: MigrationSource;
  /** The last change to have; "none" has none of them. Default: all changes. */
  readonly target?: string;
  /** Names of the changes up to the target, in the order in which they are deployed. */
  readonly changes: readonly string[];
  /** True if Runsheet ships the migrations, whose verify scripts know every object. */
  readonly shipped: boolean;
  /** Parts of the runbook's schema that the database is to have once the changes are deployed. */
  readonly parts: readonly string[];
}

/** A schema, with the source's files for pods to mount. */
export interface MountedSchema extends Schema {
  readonly files: MountedFiles;
}

/**
 * Returns the schema of a system; undefined if the system has no migrations. The stack's `schema.target` takes
 * precedence over what the system declares, so that no system can leave it out. What the system declares is about the
 * migrations that Runsheet ships.
 * @throws Error that begins with the key, if the migrations cannot be read or the target is unknown
 */
export function schemaOf(
  { migrations, parts = {}, defaultTarget }: Pick<SystemDescription, "migrations" | "parts" | "defaultTarget">,
  settings: Pick<CommonSettings, "migrations" | "release"> & {
    readonly schema?: Omit<NonNullable<CommonSettings["schema"]>, "deadlineSeconds">;
  },
): Schema | undefined {
  const source = migrationSource(settings.migrations, migrations, settings.release);
  if (source === undefined) return undefined;
  const shipped = schemaIsShipped(settings);
  const { target = shipped ? defaultTarget : undefined, without = [] } = settings.schema ?? {};
  if (source.command && target !== undefined)
    throw new Error("schema.target is set, and migrations.command decides what is applied: remove one of the two");
  const changes = changesUpTo({ source, target }).map(({ name }) => name);
  return { source, target, changes, shipped, parts: partsThere(parts, shipped ? { changes } : { without }) };
}

/** Returns true if a change of the migrations that Runsheet ships is one of those up to the target. */
export const deploys = (schema: Schema | undefined, change: string): boolean =>
  schema !== undefined && schema.shipped && schema.changes.includes(change);
