/** Steps that check, deploy and take back the changes of a system's schema. */
import type { Environment } from "../kubernetes/environment";
import { Migrations, Reversion, SchemaCheck, type MigrationsArgs } from "../migrations";
import type { Step } from "../runbook";
import type { Workload } from "../workload";
import type { Foundation } from "./foundation";
import type { MountedSchema } from "./schema";
import { environmentOfCommand } from "./secrets";

/** Checks that the schema is as the migrations left it, and that the project has every change that is applied. */
export function checkSchema(foundation: Foundation, step: Step): void {
  const { description, schema, triggers } = foundation;
  if (!schema) return;
  // Only the scripts that Runsheet ships are known to be safe to repeat.
  const args = { ...migrationsArgs(foundation), mends: schema.shipped, trigger: triggers.prerequisites };
  new SchemaCheck(`${description.name}-schema-check`, args, { parent: step });
}

/** Proof that migrations of the team's own worked: the runbook's is about those that Runsheet ships. */
export const verifiedOfOwn = "each change by its own verify script, if it has one; valid indexes and constraints";

/** Deploys the changes up to the target, each verified. */
export function migrate(foundation: Foundation, together: boolean, step: Step): void {
  const { restore, existing } = foundation.args.databases;
  const restored = restore !== undefined || existing?.restore !== undefined;
  const args = { ...migrationsArgs(foundation), together, restored, environment: secretsOfCommand(foundation, step) };
  new Migrations(`${foundation.description.name}-migrate`, args, { parent: step });
}

/** Variables of the command that deploys the changes, where the configuration names secrets for it. */
function secretsOfCommand(foundation: Foundation, step: Step): Environment | undefined {
  const { migrations } = foundation.args.settings;
  if (!migrations || !("command" in migrations)) return undefined;
  return environmentOfCommand(foundation, {
    name: `${foundation.description.name}-migrations`,
    keys: migrations.secrets,
    parent: step,
  });
}

/**
 * Reverts the changes above the target, once the workloads' rollouts are over. Does nothing if all changes are wanted.
 */
export function revert(foundation: Foundation, workloads: readonly Workload[], step: Step): void {
  const { description, checks } = foundation;
  const { name } = description;
  const { target, ...args } = migrationsArgs(foundation);
  if (target === undefined) return;
  const dependsOn = checks.awaitRollouts(`${name}-rolled-back`, workloads, { parent: step });
  new Reversion(`${name}-revert`, { ...args, target }, { parent: step, dependsOn });
}

function migrationsArgs(foundation: Foundation): MigrationsArgs {
  const { namespace, args, database, generations } = foundation;
  const { source, files, target } = requireSchema(foundation);
  const work = { namespace, images: args.images, source, files, database, ...migrationLimit(foundation) };
  return { ...work, generation: generations.target, target };
}

/** Limit of a task that deploys, reverts or verifies changes. */
export const migrationLimit = ({ description, args }: Pick<Foundation, "description" | "args">) => ({
  deadlineSeconds: args.settings.schema?.deadlineSeconds,
  deadlineKey: `${description.name}:schema.deadlineSeconds`,
});

/** @throws Error if the system has no migrations */
export function requireSchema({ description, schema }: Foundation): MountedSchema {
  if (!schema)
    throw new Error(`the system ${description.name} has no migrations: name the directory of its Sqitch project`);
  return schema;
}
