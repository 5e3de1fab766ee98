/** "Cron Jobs Setup". The runbook's crontab has neither DATABASE_URL nor ADMIN_KEY, and no guard against overlap. */
import type { Step } from "../../components/runbook";
import { Schedule } from "../../components/kubernetes/schedule";
import type { Configured, System } from "../../components/system";
import type { Workload } from "../../components/workload";
import { backlogCleanUp, refresh, refreshDeadlineSeconds } from "./checks";
import type { PmSettings } from "./settings";

const reports = "pm-scheduled-reports";

/** CronJobs that run a program of the release. */
export const scheduledRelease = (pm: System<PmSettings>): string[] => (pm.has("scheduled_reports") ? [reports] : []);

export function schedules(pm: System<PmSettings>, configured: Configured, backend: Workload, step: Step): void {
  const { timeZone } = pm.settings;
  if (pm.has("observability"))
    pm.scheduleChecks(
      "pm-refresh-views",
      [refresh],
      { cron: "0 * * * *", timeZone, deadlineSeconds: refreshDeadlineSeconds },
      step,
    );
  if (pm.has("neo4j_sync_dead_letter"))
    pm.scheduleChecks(
      "pm-backlog-cleanup",
      [backlogCleanUp],
      {
        cron: "0 2 * * *",
        timeZone,
        deadlineSeconds: 300,
        environment: { ...configured.secretVariables, BACKEND_URL: backend.url },
      },
      step,
    );
  if (!pm.has("scheduled_reports")) return;
  const name = reports;
  const script = configured.application.script("process-scheduled-reports");
  const own = pm.podLike("pm-backend", name, step);
  new Schedule(
    name,
    {
      ...script,
      ...own,
      namespace: pm.namespace,
      environment: { ...configured.environment, ...script.environment, ...own.environment },
      cron: "*/15 * * * *",
      timeZone,
      // Before the next one is due.
      deadlineSeconds: 840,
    },
    { parent: step },
  );
}
