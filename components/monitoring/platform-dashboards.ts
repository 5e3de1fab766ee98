/** Dashboards of what Runsheet itself does for all systems of a stack. */
import type { Dashboard } from "./dashboard";
import { backupRows } from "./platform-backups";
import { databaseRows, jobRows, reachedRow, volumeRows } from "./platform-cluster";
import { upRows } from "./platform-up";

/** Returns the dashboards of the platform, over the namespaces of the stack's systems. */
export const platformDashboards = (namespaces: Dashboard["namespaces"]): readonly Dashboard[] => [
  {
    uid: "runsheet-platform",
    title: "Runsheet: platform",
    description:
      "Backups, restore tests, databases, volumes, Jobs and CronJobs of all systems. Metrics of CloudNativePG and its " +
      "Barman Cloud plugin, of kube-state-metrics, the kubelet, postgres_exporter and blackbox_exporter.",
    tags: ["platform"],
    namespaces,
    hours: 24,
    rows: [...backupRows, ...databaseRows, ...volumeRows, ...jobRows, reachedRow],
  },
  {
    uid: "runsheet-up",
    title: "Runsheet: the last up",
    description:
      "Tasks of the steps, how long each took, and the rollouts, by kube-state-metrics. A task that has not changed does " +
      "not run again: it is shown in the period in which it ran.",
    tags: ["platform"],
    namespaces,
    hours: 3,
    rows: upRows,
  },
];
