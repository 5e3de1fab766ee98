/** Dashboards of "Phase 7: Monitoring Setup, 3. Set Up Dashboards": the five of its list, in its order. */
import type { Dashboard, Row } from "../../components/monitoring/dashboard";
import { databaseRow, podsRow, redisRow } from "../../components/monitoring/dashboard-rows";
import { databaseHealthRow, diskRow, errorRows, figuresRow, healthRows, overviewRow } from "./dashboard-health";
import { activityRows, performanceRows } from "./dashboard-performance";

/** Returns the dashboards of PM Intelligence. */
export function pmDashboards(namespace: string): readonly Dashboard[] {
  const dashboard = (name: string, title: string, description: string, rows: readonly Row[]): Dashboard => {
    return {
      uid: `pm-${name}`,
      title: `PM Intelligence: ${title}`,
      description,
      tags: ["pm"],
      namespaces: [namespace],
      rows,
    };
  };
  return [
    dashboard(
      "overview",
      "overview",
      "Phase 7, 3: Grafana dashboard configured. What is watched for an hour after a deployment (Phase 8, 3).",
      [figuresRow, overviewRow, podsRow],
    ),
    dashboard(
      "system-health",
      "system health",
      "Phase 7, 3: System health dashboard. The components, the disk and the memory of the critical alerts.",
      [...healthRows, diskRow, databaseRow, redisRow, podsRow],
    ),
    dashboard(
      "performance",
      "performance metrics",
      "Phase 7, 3: Performance metrics dashboard. Response times, and Database Health (Phase 5, 3).",
      [...performanceRows, databaseHealthRow],
    ),
    dashboard(
      "errors",
      "error tracking",
      "Phase 7, 3: Error tracking dashboard. Error rates, groups of errors, and the dead letter queue.",
      errorRows,
    ),
    dashboard(
      "user-activity",
      "user activity",
      "Phase 7, 3: User activity dashboard. The requests that users make, beside the day before.",
      activityRows,
    ),
  ];
}
