import type { SecretKey } from "../../components/kubernetes/environment";
import type { Step } from "../../components/runbook";
import { Schedule } from "../../components/kubernetes/schedule";
import type { Configured, System } from "../../components/system";
import type { OmniopsSettings } from "./settings";

/**
 * "Scenario 2: Redis Failure: Requeue failed jobs (from database)": what a Redis without persistence forgot is put into
 * its queue again. The guide has it as a command for a person; with a schedule nobody has to be woken for it.
 */
export function recovery(omniops: System<OmniopsSettings>, configured: Configured, step: Step): void {
  const { schedule } = omniops.settings.requeue;
  if (schedule === undefined || !omniops.has("sentiment_analysis")) return;
  const { DATABASE_URL, REDIS_URL } = configured.environment as Record<"DATABASE_URL" | "REDIS_URL", SecretKey>;
  const name = "omniops-requeue-failed-jobs";
  const script = configured.application.script("requeue-failed-jobs");
  const own = omniops.podLike("omniops-phase4", name, step);
  new Schedule(
    name,
    {
      ...script,
      ...own,
      namespace: omniops.namespace,
      // What the script needs, so that a change of anything else is none of the schedule's.
      environment: { DATABASE_URL, REDIS_URL, ...configured.trust, ...script.environment, ...own.environment },
      cron: schedule,
      deadlineSeconds: 240,
    },
    { parent: step },
  );
}
