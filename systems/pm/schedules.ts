/** "Cron Jobs Setup". The runbook's crontab has neither DATABASE_URL nor ADMIN_KEY, and no guard against overlap. */
import type { Step } from "../../components/runbook";
import { Schedule } from "../../components/kubernetes/schedule";
import type { Configured, System } from "../../components/system";
import type { Workload } from "../../components/workload";
import { refresh, refreshDeadlineSeconds } from "./checks";
import type { PmSettings } from "./settings";

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
      [
        {
          name: "backlog clean-up",
          url: "${BACKEND_URL}/api/admin/neo4j/backlog/cleanup",
          method: "POST",
          headers: { Authorization: "Bearer ${ADMIN_KEY}" },
          timeoutSeconds: 240,
          withinSeconds: 0,
        },
      ],
      {
        cron: "0 2 * * *",
        timeZone,
        deadlineSeconds: 300,
        environment: { BACKEND_URL: backend.url },
        environmentFrom: configured.environmentFrom,
      },
      step,
    );
  if (!pm.has("scheduled_reports")) return;
  const script = configured.application.script("process-scheduled-reports");
  new Schedule(
    "pm-scheduled-reports",
    {
      ...script,
      namespace: pm.namespace,
      environment: { ...configured.environment, ...script.environment },
      environmentFrom: configured.environmentFrom,
      cron: "*/15 * * * *",
      timeZone,
      // Before the next one is due.
      deadlineSeconds: 840,
    },
    { parent: step },
  );
}
