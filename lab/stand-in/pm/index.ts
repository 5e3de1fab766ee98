/**
 * What is PM Intelligence's: the two workloads of its "Deployment Runbook", Backend Deployment and Frontend Deployment, and
 * the script of "Set Up Scheduled Reports". All figures and formats are the stand-in's own; it only has to need, write and
 * answer what the real ones do.
 */
import type { System } from "../core/application";
import { backend } from "./backend";
import { frontend } from "./frontend";
import { scheduledReports } from "./scheduled-reports";

export const pm: System = {
  roles: { backend, frontend },
  scripts: { "process-scheduled-reports": scheduledReports },
};
