/** Dashboards of "Phase 5 Deployment Guide": "Monitoring Setup" and "Maintenance". */
import type { Dashboard } from "../../components/monitoring/dashboard";
import { databaseRow, podsRow, redisRow } from "../../components/monitoring/dashboard-rows";
import { maintenanceRows } from "./dashboard-maintenance";
import { monitoringRows } from "./dashboard-monitoring";

/** Returns the dashboards of PRISM. */
export const prismDashboards = (namespace: string): readonly Dashboard[] => [
  {
    uid: "prism-monitoring",
    title: "PRISM: Monitoring",
    description:
      "Post-Deployment Verification: Monitoring Setup. The three alerts, the health checks, and the workers.",
    tags: ["prism"],
    namespaces: [namespace],
    rows: [...monitoringRows, podsRow, databaseRow, redisRow],
  },
  {
    uid: "prism-maintenance",
    title: "PRISM: Maintenance",
    description: "Maintenance: the weekly, monthly and quarterly tasks, as far as there are metrics of them.",
    tags: ["prism"],
    namespaces: [namespace],
    hours: 7 * 24,
    rows: maintenanceRows,
  },
];
