/**
 * Alerts that every system has beside those of its runbook. No runbook names their values: all are Runsheet's.
 *
 * The metrics of kube-state-metrics and of the kubelet must keep the label `namespace` that they export (`honorLabels`).
 */
import type { Alert } from "./alert";
import { backupAlerts, type BackupPromises } from "./backup-alerts";
import { commandAlerts, type CommandPromises } from "./command-alerts";
import { databaseAlerts, type DatabaseExporter } from "./database-alerts";
import { kubernetesAlerts } from "./kubernetes-alerts";
import { maintenanceAlerts } from "./maintenance-mode";
import { reachabilityAlerts } from "./reachability-alerts";

/** Greatest age of what is made, searched or rehearsed on a schedule. */
export type Promises = BackupPromises & CommandPromises;

export interface PlatformAlertArgs {
  readonly namespace: string;
  /** Exporter of the system's database. */
  readonly database: DatabaseExporter;
  /** Default: the ages of backups and restore tests that fit the default schedules, and nothing on drift and drills. */
  readonly promises?: Promises;
}

/** Document of docs/runbooks that says what these alerts mean: the same for every system, also for those of others. */
export const platformPage = "every-system";

/** Alerts on backups, the database, Redis, the objects in Kubernetes, certificates, the maintenance mode, drift and drills. */
export const platformAlerts = ({ namespace, database, promises = {} }: PlatformAlertArgs): Alert[] =>
  [
    ...backupAlerts(namespace, database, promises),
    ...databaseAlerts(namespace, database),
    ...kubernetesAlerts(namespace),
    ...reachabilityAlerts(namespace),
    ...maintenanceAlerts(namespace),
    ...commandAlerts(namespace, promises),
  ].map((alert) => ({ ...alert, ours: ["alert", "threshold", "duration", "severity"] }));
