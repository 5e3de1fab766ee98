import { join } from "node:path";
import { readText } from "../../components/identity/text-file";
import { psql } from "../../components/postgres/psql";
import type { Step } from "../../components/runbook";
import { Schedule } from "../../components/kubernetes/schedule";
import type { System } from "../../components/system";
import type { PrismSettings } from "./settings";

/** The tasks of the runbook's "Maintenance" that a machine can do, at night in the system's time zone. */
const schedules = [
  /** Monthly: "Clean up old training batches". */
  { name: "monthly", cron: "30 2 2 * *", needs: "training_batches" },
  /** Quarterly: "Database maintenance (VACUUM, REINDEX)". It passes over a table that is not there. */
  { name: "quarterly", cron: "30 3 3 1,4,7,10 *", needs: undefined },
] as const;

export function maintenance(prism: System<PrismSettings>, step: Step): void {
  const { namespace, settings, images, database } = prism;
  for (const { name, cron, needs } of schedules) {
    if (needs && !prism.has(needs)) continue;
    const file = `${name}.sql`;
    new Schedule(
      `prism-maintenance-${name}`,
      {
        namespace,
        image: images.postgresql,
        command: psql([file], { retention_days: settings.trainingRetentionDays }),
        files: { [file]: readText(join(__dirname, "maintenance", file)) },
        environment: database.owner.environment(),
        cron,
        timeZone: settings.timeZone,
        deadlineSeconds: 6 * 3600,
      },
      { parent: step },
    );
  }
}
