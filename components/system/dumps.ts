/** The dumps of a system's database. */
import * as pulumi from "@pulumi/pulumi";
import { Dumps, type DumpStore } from "../backups/dumps";
import { inside } from "../object-store";
import type { Step } from "../runbook";
import { existingSettings } from "./existing-database";
import type { Foundation } from "./foundation";
import { requireSchema } from "./migration-steps";
import type { CommonSettings } from "./settings";

/**
 * Takes a verified dump before the migrations; on a stack with an object store, also by the clock.
 * @throws Error if the system's settings have no key "dump"
 */
export function dumps(foundation: Foundation, step: Step): Dumps {
  const { description, args, namespace, database, generations } = foundation;
  const { images, settings, protect } = args;
  const { source, changes } = requireSchema(foundation);
  const { name } = description;
  const { release, dump } = settings;
  if (!dump) throw new Error(`the settings of ${name} have no key "dump": take in schemaSettings`);
  return new Dumps(
    `${name}-dump`,
    {
      namespace,
      image: images.postgresql,
      database,
      store: dumpStore(foundation),
      system: name,
      source,
      release,
      // New also when a release, a change or a database comes back: the earlier dump may hold what is dropped since.
      deployment: pulumi.interpolate`${name}-before-${release}-${generations.deployment}`,
      trigger: generations.schemaChange,
      changes,
      ...dump,
      scratch: dump.scratch ?? scratchSize(settings.postgres),
      schemas: selectedSchemas(settings),
      protect,
    },
    { parent: step },
  );
}

/** Returns the schemas to dump, as the scripts expect them. Undefined for the whole database. */
export function selectedSchemas(settings: CommonSettings): string | undefined {
  const existing = existingSettings(settings);
  return existing && (existing.schemas?.join("\n") ?? "*");
}

/** Size of the volume that a dump is restored into: the database's own. That of an external server is not known. */
const scratchSize = (postgres: CommonSettings["postgres"]) =>
  postgres.engine === "cloudnativepg" ? postgres.storage : "10Gi";

function dumpStore({ args: { images, backups }, store }: Foundation): DumpStore | undefined {
  if (!store || !backups) return undefined;
  return { access: inside("dumps", store), image: images.node, keepDays: backups.keepDays, cron: backups.dumps };
}
