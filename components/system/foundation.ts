/** The first step of every system: what all others stand on. */
import type * as pulumi from "@pulumi/pulumi";
import { changeId } from "../identity/generation";
import type { MountedFiles } from "../kubernetes/mounted-files";
import { systemNamespace } from "../kubernetes/namespace";
import { nodePackages } from "../kubernetes/shared-packages";
import { backupAccess, type BackupAccess } from "../object-store";
import { psql } from "../postgres/psql";
import type { Redis } from "../redis";
import { RolloutReader } from "../workload/rollout-reader";
import type { Step } from "../runbook";
import { checksRunner } from "../checks";
import { Task } from "../kubernetes/task";
import { databaseOf, redisOf, type SystemDatabase } from "./datastores";
import type { SystemArgs, SystemDescription } from "./description";
import type { CommonSettings } from "./settings";

export interface Provided extends SystemDatabase {
  readonly namespace: pulumi.Output<string>;
  readonly redis: Redis | undefined;
  /** Where its backups are kept, if the stack has such a place. */
  readonly store: BackupAccess | undefined;
  /** What bundled programs require. */
  readonly packages: MountedFiles;
  /** The program that asks checks. */
  readonly runner: readonly MountedFiles[];
  /** Who may look whether rollouts are over. */
  readonly rolloutReader: RolloutReader;
  /** New whenever the release or the schema's target changes, also to an earlier one. */
  readonly deployment: pulumi.Output<string>;
  /** New whenever the schema's target changes, also to an earlier one. */
  readonly generation: pulumi.Output<string>;
  /** New whenever the schema changes, also when a change is taken back that failed. */
  readonly schemaChange: pulumi.Output<string>;
}

/** The namespace, the datastores, what makes things due again by the `schema`'s hash, and on a stack of its own what the runbook takes as given. */
export function provideEnvironment(
  system: SystemDescription,
  args: SystemArgs<CommonSettings>,
  schema: string,
  step: Step,
): Provided {
  const { name, target = "", redis, baseline } = system;
  const { settings, images, operator, backups, protect } = args;
  const namespace = systemNamespace(name, { parent: step, protect }, args.namespace).metadata.name;
  const ofStep = { parent: step };
  const store = backups && backupAccess(`${name}-object-store`, namespace, backups.store, name, ofStep);
  const { database, giveUp } = databaseOf(system, namespace, store, args, step);
  if (settings.baseline && baseline && !args.databases.restored) {
    new Task(
      `${name}-baseline`,
      {
        namespace,
        image: images.postgresql,
        command: psql(Object.keys(baseline)),
        files: baseline,
        environment: database.owner.environment(),
        trigger: [database.identity],
      },
      { parent: step, dependsOn: database },
    );
  }
  // Made while the database starts: before that it would be in its way, for Pulumi writes all that there is at every step.
  const meanwhile = { parent: step, dependsOn: operator?.operatorsSettled };
  const generation = changeId(`${name}-schema`, { target }, meanwhile);
  // The largest of all, so the last of them.
  const packages = nodePackages(`${name}-node-packages`, namespace, { parent: step, dependsOn: database });
  const schemaKeepers = { schema, generation, database: database.identity };
  return {
    namespace,
    database,
    giveUp,
    store,
    redis: redis && redisOf(name, namespace, redis, args, step),
    packages,
    runner: checksRunner(`${name}-smoke-test-runner`, namespace, packages, meanwhile),
    rolloutReader: new RolloutReader(`${name}-rollout-reader`, namespace, meanwhile),
    deployment: changeId(`${name}-deployment`, { release: settings.release, target }, meanwhile),
    generation,
    schemaChange: changeId(`${name}-schema-change`, schemaKeepers, { parent: step }),
  };
}
