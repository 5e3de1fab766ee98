/**
 * Alerts that every system has beside those of its runbook. No runbook names their values: all are Runsheet's.
 *
 * The metrics of kube-state-metrics and of the kubelet must keep the label `namespace` that they export (`honorLabels`).
 */
import type { Alert } from "./alert";
import { backupAlerts, type Promises } from "./backup-alerts";
import { databaseAlerts, type DatabaseExporter } from "./database-alerts";
import { kubernetesAlerts } from "./kubernetes-alerts";
import { maintenanceAlerts } from "./maintenance-mode";
import { reachabilityAlerts } from "./reachability-alerts";

export interface PlatformAlertArgs {
  readonly namespace: string;
  /** Exporter of the system's database. */
  readonly database: DatabaseExporter;
  /** Ages that backups and restore tests may have. Default: those of the default schedules. */
  readonly promises?: Promises;
}

/** Document of docs/runbooks that says what these alerts mean: the same for every system, also for those of others. */
export const platformPage = "every-system";

/** Alerts on backups, the database, Redis, the objects in Kubernetes, certificates and the maintenance mode. */
export const platformAlerts = ({ namespace, database, promises }: PlatformAlertArgs): Alert[] =>
  [
    ...backupAlerts(namespace, database, promises),
    ...databaseAlerts(namespace, database),
    ...kubernetesAlerts(namespace),
    ...reachabilityAlerts(namespace),
    ...maintenanceAlerts(namespace),
  ].map((alert) => ({ ...alert, ours: ["alert", "threshold", "duration", "severity"] }));
