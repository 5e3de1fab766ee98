/**
 * PM Intelligence: the two workloads of its "Deployment Runbook", Backend Deployment and Frontend Deployment, and the
 * script of "Set Up Scheduled Reports". All figures and formats are the stand-in's own. Only the dependencies, tables
 * and endpoints are those of the real applications.
 */
import type { System } from "../core/application";
import { backend } from "./backend";
import { frontend } from "./frontend";
import { scheduledReports } from "./scheduled-reports";

export const pm: System = {
  roles: { backend, frontend },
  scripts: { "process-scheduled-reports": scheduledReports },
};
