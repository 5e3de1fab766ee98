import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../kubernetes/environment";
import { Task, type TaskArgs } from "../kubernetes/task";
import type { Postgres } from "../postgres";

export interface BackupCommandArgs extends Pick<
  TaskArgs,
  "namespace" | "image" | "deadlineSeconds" | "deadlineKey" | "resources"
> {
  /** Command and its arguments. `$(BACKUP_NAME)` in one of them is the name of the backup. */
  readonly command: readonly string[];
  /** Variables from the configuration's secrets. */
  readonly secrets: Environment;
  readonly database: Postgres;
  readonly system: string;
  readonly release: string;
  /** Name of the backup, as BACKUP_NAME. The command runs once for each name. */
  readonly backup: pulumi.Input<string>;
}

/** Runs a command, prints its output, and leaves the last of it as the container's result, also on success. */
const withResult = `
{ "$@" 2>&1; echo $? >/tmp/status; } | tee /tmp/output
tail -c 4000 /tmp/output >/dev/termination-log
exit "$(cat /tmp/status)"`;

/**
 * Backup of a platform's own before the migrations, such as a branch of the database. Its exit code counts. The last of
 * its output is the result of its pod (`.status.containerStatuses[0].state.terminated.message`).
 */
export class BackupCommand extends Task {
  constructor(name: string, args: BackupCommandArgs, opts?: pulumi.ComponentResourceOptions) {
    const { command, secrets, database, system, release, backup, ...pod } = args;
    const login = database.owner;
    super(
      name,
      {
        ...pod,
        command: ["sh", "-c", withResult, "sh", ...command],
        replacesVariables: true,
        environment: {
          ...login.environment(),
          ...{ DATABASE_URL: login.url(), SYSTEM: system, RELEASE: release, BACKUP_NAME: backup },
          ...secrets,
        },
        trigger: [database.identity, backup],
      },
      opts,
    );
  }
}
