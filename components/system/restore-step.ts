/** The step that restores a database. */
import * as pulumi from "@pulumi/pulumi";
import { RestoreInPlace, WritersTakenBack } from "../backups/restore-in-place";
import { RestoredDump, type RestoreSource } from "../backups/restore";
import { Verification } from "../migrations";
import { within } from "../object-store";
import type { StepDescription, Step } from "../runbook";
import { dumpPodArgs, dumpSettings } from "./dumps";
import type { ExistingPlan } from "./existing-plan";
import type { Foundation } from "./foundation";
import { migrationLimit } from "./migration-steps";
import { restoreArgs } from "./restore-check";

export const restoreStep: StepDescription = {
  title: "Disaster Recovery: restore the database",
  verify: "every change that is applied, by its verify script",
};

export const takeBackStep: StepDescription = {
  title: "What a restore has stopped that is no longer configured, started again",
};

/**
 * Restores the database, verifies it, and then stops the one that it replaces. Resolves once that is done. A database
 * from an archive is restored when it is created; one from a dump is filled here.
 */
export function restoreDatabase(foundation: Foundation, from: RestoreSource, step: Step): pulumi.Output<string> {
  const { description, args, namespace, database, store, giveUp } = foundation;
  const dump =
    "dump" in from
      ? new RestoredDump(
          `${description.name}-restore`,
          from.dump,
          database,
          args.images.postgresql,
          restoreArgs(description.name, namespace, store, args),
          { parent: step },
        )
      : undefined;
  const verification = verify(foundation, { parent: step, dependsOn: dump });
  const stopped = giveUp?.({ parent: step, dependsOn: verification });
  return pulumi.all([verification.run, stopped?.identity]).apply(([run]) => run);
}

/** Restores a dump into the database that exists. Resolves once the database is verified. */
export function restoreInPlace(
  foundation: Foundation,
  { id, dump }: NonNullable<ExistingPlan["restore"]>,
  step: Step,
): pulumi.Output<string> {
  const { description, args, namespace, packages, store } = foundation;
  const { images, settings } = args;
  const { access, unsigned, deadlineSeconds, deadlineKey } = restoreArgs(description.name, namespace, store, args);
  return new RestoreInPlace(
    `${description.name}-restore`,
    {
      ...dumpPodArgs(foundation),
      ...{ id, dump, safetyDump: settings.restore?.safetyDump ?? true, access: within("dumps", access), unsigned },
      shared: !settings.namespace.create,
      ...{ node: images.node, images, packages, admissionPolicies: args.admissionPolicies },
      ...{ deadlineSeconds, deadlineKey },
      dumpDeadlineSeconds: dumpSettings(foundation).deadlineSeconds,
    },
    { parent: step },
  ).run;
}

/** Starts what a restore has stopped that is no longer in the configuration. */
export function takeBackWriters({ description, args, namespace, packages, database }: Foundation, step: Step): void {
  const { name: system } = description;
  const { images, admissionPolicies } = args;
  const common = { namespace, packages, database, system, node: images.node, admissionPolicies };
  new WritersTakenBack(`${system}-restore-removed`, common, { parent: step });
}

/** Verifies every change that is applied; in a system without migrations, that the database answers. */
function verify(foundation: Foundation, opts: pulumi.ComponentResourceOptions) {
  const { description, args, namespace, database, schema, checks } = foundation;
  const name = `${description.name}-restored`;
  if (schema) {
    const { source, files } = schema;
    const limit = migrationLimit(foundation);
    return new Verification(name, { namespace, images: args.images, source, files, database, ...limit }, opts);
  }
  const answers = { name: "the restored database", sql: "SELECT true AS answers", row: { answers: true } };
  return checks.run(name, { checks: [answers], trigger: [database.identity] }, opts);
}
