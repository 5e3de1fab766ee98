/** Values that make a system's work due again. A Task runs again whenever a value of its trigger is new. */
import type * as pulumi from "@pulumi/pulumi";
import { changeId } from "../identity/generation";
import { deployHash, schemaHash } from "../migrations";
import type { Postgres } from "../postgres";
import type { Schema } from "./schema";

export type Trigger = readonly pulumi.Input<string>[];

/** Triggers of a system's tasks, by what the work is about. */
export interface Triggers {
  /** For work that belongs to a deployment, such as smoke tests. New with another release, schema or database. */
  readonly deployment: Trigger;
  /** For what must be true before anything is changed. New with a deployment, and when drift was found in the database. */
  readonly prerequisites: Trigger;
  /**
   * For work on the database alone. New with another schema or database, but not with another release: going back need
   * not wait.
   */
  readonly database: Trigger;
  /**
   * For work around a change of the schema, such as maintenance mode. New with other deploy scripts, another target or
   * another database, also when a change that failed is taken back.
   */
  readonly schemaChange: Trigger;
}

/** IDs that are new whenever what they stand for changes, also to what it was before. */
export interface Generations {
  /** The release together with the schema's target. */
  readonly deployment: pulumi.Output<string>;
  /** The schema's target. */
  readonly target: pulumi.Output<string>;
  /** The deploy scripts up to the target, the target and the database. */
  readonly schemaChange: pulumi.Output<string>;
}

/** Names of the resources that make a system's IDs. Their keepers are what an ID stands for. */
export const generationNames = (system: string) => ({
  target: `${system}-schema`,
  deployment: `${system}-deployment`,
  schemaChange: `${system}-schema-change`,
});

/** Makes the IDs. Those that need no database are made with `meanwhile`, while it starts. */
export function generationsOf(
  system: string,
  { release, schema, database }: { release: string; schema: Schema | undefined; database: Postgres },
  opts: { readonly parent: pulumi.Resource; readonly meanwhile: pulumi.ComponentResourceOptions },
): Generations {
  const { parent, meanwhile } = opts;
  const target = schema?.target ?? "";
  const names = generationNames(system);
  const generation = changeId(names.target, { target }, meanwhile);
  const deployed = { schema: schema ? deployHash(schema) : "none", generation, database: database.identity };
  return {
    target: generation,
    deployment: changeId(names.deployment, { release, target }, meanwhile),
    schemaChange: changeId(names.schemaChange, deployed, { parent }),
  };
}

/**
 * Combines the IDs with what identifies the schema and the database.
 * @param drift ID of the drift that was found last. Default: none was found
 */
export function triggersOf(
  { deployment, schemaChange }: Generations,
  schema: Schema | undefined,
  { identity }: Postgres,
  drift?: string,
): Triggers {
  const scripts = schema ? schemaHash(schema) : "none";
  const deployed = [deployment, scripts, schemaChange];
  return {
    deployment: deployed,
    prerequisites: drift === undefined ? deployed : [...deployed, drift],
    database: [scripts, identity],
    schemaChange: [schemaChange],
  };
}
