/** The dumps of a system's database. */
import * as pulumi from "@pulumi/pulumi";
import { withMemoryLimit } from "../kubernetes/resources";
import { BackupCommand } from "../backups/backup-command";
import type { DumpPodArgs } from "../backups/dump-pod";
import { Dumps, type DumpStore } from "../backups/dumps";
import { inside } from "../object-store";
import type { Step } from "../runbook";
import { existingSettings } from "./existing-database";
import type { Foundation } from "./foundation";
import { requireSchema } from "./migration-steps";
import { environmentOfCommand } from "./secrets";
import type { CommonSettings } from "./settings";

/**
 * Takes a verified dump before the migrations; on a stack with an object store, also by the clock. Beside it runs the
 * configuration's own backup command.
 * @throws Error if the system's settings have no key "dump"
 */
export function backUp(foundation: Foundation, step: Step): void {
  const { description, args, generations } = foundation;
  const { name } = description;
  const { release } = args.settings;
  // New also when a release, a change or a database comes back: the earlier dump may hold what is dropped since.
  const deployment = pulumi.interpolate`${name}-before-${release}-${generations.deployment}`;
  dumps(foundation, deployment, step);
  runCommand(foundation, pulumi.interpolate`${deployment}-${generations.schemaChange}`, step);
}

function dumps(foundation: Foundation, deployment: pulumi.Output<string>, step: Step): void {
  const { description, args, generations } = foundation;
  new Dumps(
    `${description.name}-dump`,
    {
      ...dumpPodArgs(foundation),
      store: dumpStore(foundation),
      deployment,
      trigger: generations.schemaChange,
      changes: requireSchema(foundation).changes,
      deadlineSeconds: dumpSettings(foundation).deadlineSeconds,
      deadlineKey: `${description.name}:dump.deadlineSeconds`,
      protect: args.protect,
    },
    { parent: step },
  );
}

/** Runs `backup.command`, once for each name of a backup. */
function runCommand(foundation: Foundation, backup: pulumi.Output<string>, step: Step): void {
  const { description, args, namespace, database } = foundation;
  const { settings } = args;
  if (!settings.backup) return;
  const { secrets, memoryLimit, ...command } = settings.backup.command;
  const name = `${description.name}-backup-command`;
  const environment = environmentOfCommand(foundation, { name, keys: secrets, parent: step }) ?? {};
  const run = { system: description.name, release: settings.release, backup, secrets: environment };
  new BackupCommand(
    name,
    {
      ...{ ...command, ...run, resources: withMemoryLimit(memoryLimit), namespace, database },
      deadlineKey: `${description.name}:backup.command.deadlineSeconds`,
    },
    { parent: step },
  );
}

/**
 * Returns the arguments of all pods that take a dump.
 * @throws Error if the system's settings have no key "dump"
 */
export function dumpPodArgs(foundation: Foundation): DumpPodArgs {
  const { description, args, namespace, database } = foundation;
  const { images, settings } = args;
  const { storage, proof, scratch = scratchSize(settings.postgres), scratchClass } = dumpSettings(foundation);
  const existing = existingSettings(settings);
  const { source, files: project } = requireSchema(foundation);
  return {
    ...{ namespace, database, image: images.postgresql, source, project },
    ...{ system: description.name, release: settings.release, storage, proof, scratch, scratchClass },
    schemas: existing && (existing.schemas?.join("\n") ?? "*"),
  };
}

/** @throws Error if the system's settings have no key "dump" */
export function dumpSettings({ description, args: { settings } }: Foundation): NonNullable<CommonSettings["dump"]> {
  if (!settings.dump) throw new Error(`the settings of ${description.name} have no key "dump": take in schemaSettings`);
  return settings.dump;
}

/** Size of the volume that a dump is restored into: the database's own. That of an external server is not known. */
const scratchSize = (postgres: CommonSettings["postgres"]) =>
  postgres.engine === "cloudnativepg" ? postgres.storage : "10Gi";

function dumpStore({ args: { images, backups }, store }: Foundation): DumpStore | undefined {
  if (!store || !backups) return undefined;
  return { access: inside("dumps", store), image: images.node, keepDays: backups.keepDays, cron: backups.dumps };
}
