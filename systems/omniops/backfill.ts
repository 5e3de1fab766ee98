import type * as pulumi from "@pulumi/pulumi";
import { AppSecrets } from "../../components/kubernetes/app-secrets";
import type { Environment } from "../../components/kubernetes/environment";
import { bundle } from "../../components/kubernetes/bundle";
import { imageOf } from "../../components/kubernetes/image-tag";
import { MountedFiles } from "../../components/kubernetes/mounted-files";
import type { Step } from "../../components/runbook";
import type { Configured, System } from "../../components/system";
import { Task } from "../../components/kubernetes/task";
import type { OmniopsSettings } from "./settings";

/**
 * Variables of the guide that the script needs. Of these it gets no others, so that no other change runs the backfill
 * again.
 */
const variables = ["DATABASE_URL", "OPENAI_ORGANIZATION", "OPENAI_MODEL_SENTIMENT"];

/** Image whose script runs, which may be of an earlier release. */
export const backfillImages = ({ application, backfill }: OmniopsSettings): readonly string[] =>
  backfill && "app" in application ? [imageOf(application.app, backfill.release)] : [];

/**
 * "Backfill Historical Data": the application's own script, first as a dry run, whose result is verified, then for real.
 * Both are tasks: they run once for what the stack says of the backfill, whichever releases come later, and a backfill
 * that was ended goes on where it was, since what is analysed already is passed over.
 */
export function backfill(omniops: System<OmniopsSettings>, configured: Configured, step: Step): void {
  const { namespace, database } = omniops;
  const wanted = omniops.settings.backfill;
  if (!wanted || !omniops.has("sentiment_analysis")) return;
  const script = configured.application.script("backfill-sentiment-analysis", wanted.release);
  const program = { "backfill.cjs": bundle("systems/omniops/in-pod/verified-run.ts") };
  const verified = MountedFiles.pinned("omniops-backfill-program", namespace, program, { parent: step });
  const environment = Object.fromEntries(variables.map((name) => [name, configured.environment[name]!]));
  const apiKey = openaiApiKey(namespace, configured, step);
  const own = omniops.podLike("omniops-phase4", "omniops-backfill", step);
  const flags = [`--days=${wanted.days}`, `--batch-size=${wanted.batchSize}`];
  const task = (name: string, more: readonly string[], after?: Task) =>
    new Task(
      name,
      {
        ...script,
        ...own,
        namespace,
        command: ["node", "/runsheet/backfill.cjs", ...script.command, ...flags, ...more],
        // The stand-in brings the packages itself.
        files: [...(script.files ?? [omniops.packages]), verified],
        environment: {
          ...database.login("omniops_app").environment(),
          ...environment,
          ...apiKey,
          ...script.environment,
          ...own.environment,
        },
        trigger: [database.identity, wanted.release],
        deadlineSeconds: wanted.deadlineSeconds,
        deadlineKey: "omniops:backfill.deadlineSeconds",
      },
      { parent: step, dependsOn: after },
    );
  const dryRun = task("omniops-backfill-dry-run", ["--dry-run"]);
  task("omniops-backfill", [], dryRun);
}

/** The key of OpenAI's API alone: a change of another secret does not run the backfill again. */
function openaiApiKey(
  namespace: pulumi.Input<string>,
  { steadySecrets, secretValues }: Configured,
  parent: Step,
): Environment {
  const name = "OPENAI_API_KEY";
  const reference = steadySecrets[name];
  if (reference !== undefined) return { [name]: reference };
  const secret = new AppSecrets(
    "omniops-backfill-secrets",
    { namespace, values: { [name]: secretValues[name]! } },
    { parent },
  );
  return { [name]: secret.key(name) };
}
