import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Postgres } from "../../components/postgres";
import { Schedule } from "../../components/schedule";
import type { Images } from "../settings";
import type { PrismSettings } from "./settings";

export interface MaintenanceArgs {
  readonly namespace: pulumi.Input<string>;
  readonly settings: PrismSettings;
  readonly images: Images;
  readonly database: Postgres;
}

/** The tasks of the runbook's "Maintenance" that a machine can do, at night in the system's time zone. */
const schedules = [
  /** Monthly: "Clean up old training batches". */
  { name: "monthly", cron: "30 2 2 * *" },
  /** Quarterly: "Database maintenance (VACUUM, REINDEX)". */
  { name: "quarterly", cron: "30 3 3 1,4,7,10 *" },
] as const;

export function maintenance({ namespace, settings, images, database }: MaintenanceArgs, parent: pulumi.Resource): void {
  for (const { name, cron } of schedules) {
    const file = `${name}.sql`;
    const retention = `--set=retention_days=${settings.trainingRetentionDays}`;
    new Schedule(
      `prism-maintenance-${name}`,
      {
        namespace,
        image: images.postgresql,
        command: ["psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", retention, `--file=/runsheet/${file}`],
        files: { [file]: readFileSync(join(__dirname, "maintenance", file), "utf8") },
        environment: database.owner.environment(),
        cron,
        timeZone: settings.timeZone,
        deadlineSeconds: 6 * 3600,
      },
      { parent },
    );
  }
}
