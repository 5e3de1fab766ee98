/** The scheduled restore test of a system. */
import { RestoreTest } from "../backups/restore-test";
import { verificationOn } from "../migrations";
import type { Step } from "../runbook";
import type { Foundation } from "./foundation";

/**
 * Restores the newest backup by the clock and verifies it. Does nothing if the database has no archive of the stack's.
 * In a system without migrations the database only has to start.
 */
export function restoreTest(foundation: Foundation, step: Step): void {
  const { description, args, namespace, database, schema } = foundation;
  const { backups, images } = args;
  if (!database.scratch || !backups) return;
  const verification = schema && {
    files: schema.files,
    container: (host: string) =>
      verificationOn(host, { images, source: schema.source, owner: database.owner, change: schema.changes.at(-1) }),
  };
  new RestoreTest(
    `${description.name}-restore-test`,
    {
      ...{ namespace, image: images.node, cron: backups.restoreTest, cluster: database.scratch, verification },
      admissionPolicies: args.admissionPolicies,
    },
    { parent: step },
  );
}
