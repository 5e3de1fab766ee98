/** The first step of every system. All others build on it. */
import * as pulumi from "@pulumi/pulumi";
import { checksRunner } from "../checks";
import type { Environment } from "../kubernetes/environment";
import type { MountedFiles } from "../kubernetes/mounted-files";
import { systemNamespace } from "../kubernetes/namespace";
import type { NetworkIsolation } from "../kubernetes/network-isolation";
import { nodePackages } from "../kubernetes/shared-packages";
import { Task } from "../kubernetes/task";
import { sourceFiles } from "../migrations";
import { backupAccess, type BackupAccess } from "../object-store";
import { psql } from "../postgres/psql";
import type { Redis } from "../redis";
import type { Step } from "../runbook";
import { RolloutReader } from "../workload/rollout-reader";
import type { SystemArgs } from "./args";
import { storeAuthorities } from "./authorities";
import { storeKeysOf } from "./backups";
import { databaseOf, redisOf, type SystemDatabase } from "./datastores";
import { headerSecrets } from "./configured-checks";
import type { SystemDescription } from "./description";
import { isolate } from "./network";
import { provideLogins } from "./private-images";
import { schemaOf, type MountedSchema } from "./schema";
import { publicTrust } from "./public-url";
import type { CommonSettings } from "./settings";
import { SystemChecks } from "./system-checks";
import { generationsOf, triggersOf, type Generations, type Triggers } from "./triggers";

/** A system as declared and configured, with what its first step provides. */
export interface Foundation extends SystemDatabase {
  readonly description: SystemDescription;
  readonly args: SystemArgs<CommonSettings>;
  readonly namespace: pulumi.Output<string>;
  /** The namespace's network policies. Undefined in a namespace of others. */
  readonly isolation: NetworkIsolation | undefined;
  /** Undefined if the system has no migrations. */
  readonly schema: MountedSchema | undefined;
  readonly redis: Redis | undefined;
  /** The system's part of the object store. Undefined if the stack has no backups. */
  readonly store: BackupAccess | undefined;
  /** npm packages that bundled programs require. */
  readonly packages: MountedFiles;
  readonly checks: SystemChecks;
  /** Variables of programs that ask what users reach. */
  readonly publicTrust: Environment;
  readonly generations: Generations;
  readonly triggers: Triggers;
}

/**
 * Provides the namespace, the datastores and the triggers; on a stack with `baseline` also what the runbook assumes is
 * there.
 */
export function provideFoundation(
  description: SystemDescription,
  args: SystemArgs<CommonSettings>,
  step: Step,
): Foundation {
  const { name, redis: redisNeeds } = description;
  const { settings, images, operator, backups, protect } = args;
  const { release, rolloutDeadlineSeconds } = settings;
  const described = schemaOf(description, settings);
  const isolation = settings.namespace.create
    ? isolate(description, systemNamespace(name, { parent: step, protect }, args.namespace).metadata.name, args, step)
    : undefined;
  const namespace = isolation?.namespace ?? pulumi.output(args.namespace);
  provideLogins(name, namespace, args, step);
  const store =
    backups &&
    backupAccess(
      `${name}-object-store`,
      namespace,
      { ...backups.store, ca: storeAuthorities(backups, settings) },
      storeKeysOf(name, args.secrets, backups.keys),
      name,
      { parent: step },
    );
  const schema = described && {
    ...described,
    files: sourceFiles(name, { namespace, source: described.source }, step),
  };
  const { database, giveUp } = databaseOf(description, { namespace, store, schema }, args, step);
  const ofSystem = { description, args, namespace, isolation, schema, store, database, giveUp };
  runBaseline(ofSystem, step);
  // Made while the database starts. Earlier it would delay the database: Pulumi writes the whole state at every step.
  const meanwhile = { parent: step, dependsOn: operator?.operatorsSettled };
  const generations = generationsOf(name, { release, schema, database }, { parent: step, meanwhile });
  // Made last, since it is the largest.
  const packages = nodePackages(`${name}-node-packages`, namespace, { parent: step, dependsOn: database });
  const redis = redisNeeds && redisOf(name, namespace, redisNeeds, args, step);
  const checks = new SystemChecks({
    namespace,
    image: images.node,
    runner: checksRunner(`${name}-smoke-test-runner`, namespace, packages, meanwhile),
    rolloutReader: new RolloutReader(`${name}-rollout-reader`, namespace, meanwhile),
    rolloutSeconds: rolloutDeadlineSeconds,
    changes: settings.checks,
    secrets: headerSecrets(name, settings, args.secrets, namespace, { parent: step }),
    owner: database.owner,
    redis,
  });
  const triggers = triggersOf(generations, schema, database, args.drift);
  const trust = publicTrust(name, settings, namespace, { parent: step });
  return { ...ofSystem, redis, packages, checks, publicTrust: trust, generations, triggers };
}

/** @throws Error if the system declares no Redis */
export function requireRedis({ description, redis }: Foundation): Redis {
  if (!redis) throw new Error(`the system ${description.name} has no Redis: declare what it needs of one`);
  return redis;
}

/** Runs the baseline's scripts in a new database. A restored one has their tables. */
function runBaseline(
  { description, args, namespace, database }: Pick<Foundation, "description" | "args" | "namespace" | "database">,
  parent: pulumi.Resource,
): void {
  const { name, baseline } = description;
  const { settings, images, databases } = args;
  if (!settings.baseline || !baseline || databases.restored) return;
  const task = {
    namespace,
    image: images.postgresql,
    command: psql(Object.keys(baseline)),
    files: baseline,
    environment: database.owner.environment(),
    trigger: [database.identity],
  };
  new Task(`${name}-baseline`, task, { parent, dependsOn: database });
}
