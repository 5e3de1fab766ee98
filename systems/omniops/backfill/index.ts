import { bundle } from "../../../components/bundle";
import { MountedFiles } from "../../../components/files";
import type { Step } from "../../../components/runbook";
import type { Configured, System } from "../../../components/system";
import { Task } from "../../../components/task";
import type { OmniopsSettings } from "../settings";

/**
 * "Backfill Historical Data": the application's own script, first as a dry run, whose result is verified, then for real.
 * Both are tasks: they run once for a configuration and a release, and a backfill that was ended goes on where it was,
 * since what is analysed already is passed over.
 */
export function backfill(omniops: System<OmniopsSettings>, configured: Configured, step: Step): void {
  const { namespace, database } = omniops;
  const wanted = omniops.settings.backfill;
  if (!wanted || !omniops.has("sentiment_analysis")) return;
  const script = configured.application.script("backfill-sentiment-analysis");
  const program = { "backfill.cjs": bundle("systems/omniops/backfill/verified-run.ts") };
  const verified = MountedFiles.pinned("omniops-backfill-program", namespace, program, { parent: step });
  const flags = [`--days=${wanted.days}`, `--batch-size=${wanted.batchSize}`];
  const task = (name: string, more: readonly string[], after?: Task) =>
    new Task(
      name,
      {
        ...script,
        namespace,
        command: ["node", "/runsheet/backfill.cjs", ...script.command, ...flags, ...more],
        files: [...(script.files ? [script.files] : []), verified],
        environment: { ...configured.environment, ...script.environment },
        environmentFrom: configured.secrets,
        trigger: [database.identity],
        deadlineSeconds: wanted.deadlineSeconds,
      },
      { parent: step, dependsOn: after },
    );
  const dryRun = task("omniops-backfill-dry-run", ["--dry-run"]);
  task("omniops-backfill", [], dryRun);
}
